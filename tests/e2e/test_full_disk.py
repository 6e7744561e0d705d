"""A disk that fills up while a lab is saved: real archives on a small file system."""

import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from labgen.errors import LabgenError
from labgen.providers.container import checkpoint_store, checkpoints, disks
from labgen.system import freezer
from labgen.system.process import run
from tests.unit.providers.saved_machines import Host, machines_on_disk

MIB = 1024**2


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """Yield the disks of three machines, 8 MiB each, on a file system of 256 MiB."""
    run(["mount", "-t", "tmpfs", "-o", "size=256m", "small", tmp_path], timeout=30)
    try:
        monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "home"))
        found = machines_on_disk(tmp_path, monkeypatch)
        for machine in found.lab.machines:
            log = disks.of_machine(found.lab, machine) / "etcd/log"
            log.write_bytes(secrets.token_bytes(8 * MIB))
        yield found
    finally:
        run(["umount", "--lazy", tmp_path], timeout=30)


def _fill(host: Host, *, leaving: int) -> Path:
    """Fill the file system up to that many bytes, and return the file that does."""
    file = host.root / "filler"
    with file.open("wb") as filler:
        os.posix_fallocate(filler.fileno(), 0, shutil.disk_usage(host.root).free - leaving)
    return file


def _names(host: Host) -> list[str]:
    place = checkpoint_store.directory(host.lab)
    return sorted(it.name for it in place.iterdir() if it.is_dir())


# It fills up while they are packed, in the middle of a write of 10 KiB or not, or compressed.
@pytest.mark.parametrize("left", [MIB, 12 * MIB, 12 * MIB + 4096, 12 * MIB + 8192, 30 * MIB])
def test_a_disk_that_fills_up_during_a_save_keeps_the_earlier_checkpoint(
    host: Host, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    contents = checkpoints.save(host.lab, "x")
    thawed: list[bool] = []

    @contextmanager
    def filled(_: Sequence[str]) -> Iterator[None]:
        _fill(host, leaving=left)
        try:
            yield
        finally:
            thawed.append(True)

    with monkeypatch.context() as patch:
        patch.setattr(freezer, "frozen", filled)
        with pytest.raises(LabgenError, match="No space left on device"):
            checkpoints.save(host.lab, "x")
    assert thawed == [True]
    assert _names(host) == ["x"]
    assert checkpoint_store.verified(host.lab, "x") == contents
    (host.root / "filler").unlink()
    assert checkpoints.save(host.lab, "x") != contents


def test_a_disk_without_room_is_refused_before_any_machine_stands_still(host: Host) -> None:
    contents = checkpoints.save(host.lab, "x")
    host.frozen = []
    _fill(host, leaving=100 * MIB)  # 64 of them are to stay free, and two times 24 are needed
    with pytest.raises(LabgenError, match="has no room for a checkpoint"):
        checkpoints.save(host.lab, "x")
    assert host.frozen == []
    assert checkpoint_store.verified(host.lab, "x") == contents


def test_a_disk_that_fills_up_during_a_restore_leaves_the_machines_as_they_were(host: Host) -> None:
    checkpoints.save(host.lab, "x")
    disk = disks.of_machine(host.lab, host.lab.machines[0]) / "etcd/db"
    disk.write_text("since")
    _fill(host, leaving=10 * MIB)
    with pytest.raises(LabgenError, match="No space left on device"):
        checkpoints.restore(host.lab, "x", host.switch_off)
    assert host.running
    assert disk.read_text() == "since"
    assert not [it for it in host.root.rglob("*") if it.name.endswith(".new")]
