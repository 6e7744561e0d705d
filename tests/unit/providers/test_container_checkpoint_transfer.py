"""A checkpoint as one file: complete on a host with the same bundle, or refused beforehand."""

import io
import json
import os
import shutil
import tarfile
import tempfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from labgen.bundle.store import Digests
from labgen.errors import HostUnfit, LabgenError, UsageError
from labgen.providers.container import (
    checkpoint_file,
    checkpoint_store,
    checkpoint_transfer,
    checkpoints,
)
from labgen.providers.container.checkpoint_store import Contents
from labgen.system import archives
from tests.unit.lab.samples import mode
from tests.unit.providers.saved_machines import BUNDLE, IMAGE, Host


@pytest.fixture
def file(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file with checkpoint x of the lab, whose machines were changed since."""
    bundle = SimpleNamespace(golden=host.golden)
    monkeypatch.setattr(checkpoint_transfer, "require", lambda _: bundle)
    monkeypatch.setattr(checkpoint_transfer, "digests", lambda _: BUNDLE)
    checkpoints.save(host.lab, "x")
    target = tmp_path / "x.checkpoint"
    size = checkpoint_transfer.export(host.lab, "x", target)
    assert target.stat().st_size == size
    return target


def _saved(host: Host) -> list[str]:
    return sorted(it.name for it in checkpoint_store.directory(host.lab).glob("*"))


def test_an_imported_checkpoint_is_the_exported_one(host: Host, file: Path) -> None:
    before = host.seen()
    [contents] = checkpoint_store.checkpoints(host.lab).values()
    checkpoint_store.delete(host.lab, "x")
    host.write_all("after")
    checkpoint_transfer.import_(host.lab, "y", file)
    assert checkpoint_store.checkpoints(host.lab) == {"y": contents}
    place = checkpoint_store.directory(host.lab) / "y"
    assert mode(place) == 0o700
    assert {mode(it) for it in place.iterdir() if it.is_file()} == {0o600}
    checkpoints.restore(host.lab, "y", host.switch_off)
    assert host.seen() == before


def test_the_file_is_closed_to_others_and_has_no_unpacked_image(host: Host, file: Path) -> None:
    assert mode(file) == 0o600
    with tarfile.open(file) as tar:
        names = tar.getnames()
        assert {(it.mode, it.isreg()) for it in tar} == {(0o600, True)}
    assert (names[0], names[-1]) == ("checkpoint-file.json", "sha256")
    assert names[1:-1] == [
        f"{machine.name}.{what}.tar.zst"
        for machine in host.lab.machines
        for what in ("disks", "root")
    ]
    contents = checkpoint_store.checkpoints(host.lab)["x"]
    assert checkpoint_transfer.contents_of(file) == contents


def test_a_file_becomes_a_checkpoints_directory_without_its_lab(
    host: Host, file: Path, tmp_path: Path
) -> None:
    contents = checkpoint_transfer.unpack(file, tmp_path / "unpacked")
    assert checkpoint_store.damaged(tmp_path / "unpacked", contents) == []
    assert checkpoint_store.read(tmp_path / "unpacked", remedy="") == contents


def test_an_older_file_is_replaced_when_the_new_one_is_complete(
    host: Host, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(tarfile.TarFile, "addfile", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            checkpoint_transfer.export(host.lab, "x", file)
    assert file.read_bytes() == before
    assert list(file.parent.glob(".*part")) == []


def test_a_device_or_a_pipe_is_not_replaced_by_a_file(host: Host, file: Path) -> None:
    pipe = file.with_name("pipe")
    os.mkfifo(pipe)
    with pytest.raises(UsageError, match="pipe is not a regular file"):
        checkpoint_transfer.export(host.lab, "x", pipe)
    assert pipe.is_fifo()


@pytest.mark.parametrize("part", [0.01, 0.3, 0.6, 1])
def test_a_truncated_file_is_refused_before_anything_is_written(
    host: Host, file: Path, part: float
) -> None:
    with tarfile.open(file) as tar:
        end = tar.getmembers()[-1].offset_data + 64  # without the last byte that has a meaning
    file.write_bytes(file.read_bytes()[: int(end * part)])
    before = _saved(host)
    with pytest.raises(LabgenError, match="nothing was changed"):
        checkpoint_transfer.import_(host.lab, "y", file)
    assert _saved(host) == before


def test_a_single_wrong_byte_is_found_wherever_it_is(host: Host, file: Path) -> None:
    data = file.read_bytes()
    with tarfile.open(file) as tar:
        places = [it.offset_data for it in tar] + [it.offset + 136 for it in tar]  # 136: its time
    before = _saved(host)
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1
        file.write_bytes(changed)
        with pytest.raises(LabgenError, match="nothing was changed"):
            checkpoint_transfer.import_(host.lab, "y", file)
    assert _saved(host) == before


@pytest.mark.parametrize("content", [b"", b"root:x:0:0::/root:/bin/sh\n", b"\0" * 10240])
def test_another_file_is_no_checkpoint(host: Host, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(UsageError, match="is no checkpoint; nothing was changed"):
        checkpoint_transfer.import_(host.lab, "y", file)


def test_a_file_that_does_not_exist_is_named(host: Host, file: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no file .*/absent"):
        checkpoint_transfer.import_(host.lab, "y", file.with_name("absent"))


def test_another_archive_is_no_checkpoint(host: Host, file: Path) -> None:
    with tarfile.open(file, "w") as tar:
        tar.addfile(tarfile.TarInfo("checkpoint-file.txt"))
    with pytest.raises(UsageError, match="is no checkpoint; nothing was changed"):
        checkpoint_transfer.import_(host.lab, "y", file)


def test_a_checkpoint_of_another_lab_is_refused_with_the_command_that_makes_one(
    host: Host, file: Path
) -> None:
    other = replace(host.lab, identity="01234567")
    with pytest.raises(UsageError, match="another lab than demo") as refused:
        checkpoint_transfer.import_(other, "y", file)
    assert refused.value.hint == f"a new lab of it: labgen up --from {file} --name OTHER"


def test_another_machine_image_is_refused_with_what_is_needed(
    host: Host, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        checkpoint_transfer, "digests", lambda _: Digests("v1.37.2-amd64", "other", "3c4d")
    )
    with pytest.raises(HostUnfit) as refused:
        checkpoint_transfer.import_(host.lab, "y", file)
    assert refused.value.message == (
        f"{file} does not fit this host: it needs bundle v1.37.2-amd64 with machine image 1a2b; "
        "nothing was changed"
    )
    assert refused.value.last_seen == "this host's bundle has machine image other"


def test_a_golden_store_with_other_numbers_is_linked_by_digest(host: Host, file: Path) -> None:
    image = (host.golden.parent / IMAGE).parents[1]
    image.rename(image.with_name("7"))
    checkpoint_transfer.import_(host.lab, "y", file)
    linked = checkpoint_store.directory(host.lab) / "y/shared/1/fs/program"
    assert linked.samefile(image.with_name("7") / "fs/program")


def test_a_golden_store_without_an_image_is_refused(host: Host, file: Path) -> None:
    shutil.rmtree((host.golden.parent / IMAGE).parents[1])
    with pytest.raises(LabgenError, match=r"with unpacked images [0-9a-f]{64}; nothing"):
        checkpoint_transfer.import_(host.lab, "y", file)
    assert _saved(host) == ["owner.json", "x"]


def test_a_disk_without_room_is_refused_before_anything_is_written(
    host: Host, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = SimpleNamespace(free=checkpoint_transfer.MARGIN)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(LabgenError, match=r"checkpoint y was not imported: .* has no room for it"):
        checkpoint_transfer.import_(host.lab, "y", file)
    with pytest.raises(LabgenError, match=r"checkpoint x was not exported: .* has no room for it"):
        checkpoint_transfer.export(host.lab, "x", file)
    assert _saved(host) == ["owner.json", "x"]


def test_an_import_that_fails_leaves_the_earlier_checkpoint(
    host: Host, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = checkpoint_store.checkpoints(host.lab)["x"]
    with monkeypatch.context() as patch:
        patch.setattr(archives, "link", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            checkpoint_transfer.import_(host.lab, "x", file)
    assert _saved(host) == ["owner.json", "x"]
    assert checkpoint_store.verified(host.lab, "x") == contents


def test_a_checkpoint_that_does_not_say_what_it_fits_is_not_exported(
    host: Host, file: Path
) -> None:
    path = checkpoint_store.directory(host.lab) / "x/checkpoint.json"
    told = json.loads(path.read_bytes())
    del told["bundle"]
    path.write_text(json.dumps(told))
    with pytest.raises(
        LabgenError, match="cannot be exported: the bundle that it fits is not known"
    ):
        checkpoint_transfer.export(host.lab, "x", file)


def test_a_file_with_a_second_archive_of_a_name_is_refused(host: Host, file: Path) -> None:
    with tarfile.open(file, "a") as tar:
        tar.addfile(tarfile.TarInfo("master1.root.tar.zst"))
    with pytest.raises(LabgenError, match="is damaged; nothing was changed") as refused:
        checkpoint_transfer.import_(host.lab, "y", file)
    assert refused.value.last_seen == "there is more after sha256"


def test_names_that_lead_elsewhere_are_refused(host: Host, file: Path) -> None:
    with tarfile.open(file) as tar:
        header = tar.extractfile("checkpoint-file.json")
        assert header
        told = header.read()
    for name in (b"../master1", b"/etc/passwd", b".hidden", b"checkpoint.json"):
        changed = told.replace(b'"master1.root.tar.zst"', b'"' + name + b'"')
        with tarfile.open(file, "w") as tar:
            entry = tarfile.TarInfo("checkpoint-file.json")
            entry.size = len(changed)
            tar.addfile(entry, io.BytesIO(changed))
        with pytest.raises(LabgenError, match="is damaged; nothing was changed") as refused:
            checkpoint_transfer.import_(host.lab, "y", file)
        assert refused.value.last_seen == "its header names what no checkpoint has"


def test_a_machine_whose_name_leads_elsewhere_is_refused(host: Host, file: Path) -> None:
    with checkpoint_file.opened(file) as source:
        header = source.header
    for name in ("../../escaped", "node1"):
        told = header.contents.model_dump(mode="json")
        told["lab"]["machines"][0]["name"] = name
        other = header.model_copy(update={"contents": Contents.model_validate(told)})
        checkpoint_file.write(file, other, checkpoint_store.directory(host.lab) / "x")
        with pytest.raises(LabgenError, match="is damaged; nothing was changed"):
            checkpoint_transfer.contents_of(file)


def _link(name: str, target: str, kind: bytes) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, target
    return entry


@pytest.mark.parametrize(
    "members",
    [
        [tarfile.TarInfo("../escaped")],
        [tarfile.TarInfo("/etc/cron.d/escaped")],
        [tarfile.TarInfo("inside/../../escaped")],
        [_link("hard", "../../escaped", tarfile.LNKTYPE)],
        [_link("hard", "/etc/passwd", tarfile.LNKTYPE)],
        [_link("etc", "/etc", tarfile.SYMTYPE), tarfile.TarInfo("etc/escaped")],
        [_link("etc", "/etc", tarfile.SYMTYPE), _link("x", "etc/passwd", tarfile.LNKTYPE)],
        [
            _link("etc", "/etc", tarfile.SYMTYPE),
            _link("second", "etc", tarfile.LNKTYPE),
            tarfile.TarInfo("second/escaped"),
        ],
    ],
)
def test_an_archive_that_leads_out_of_a_machines_disk_is_refused(
    tmp_path: Path, members: list[tarfile.TarInfo]
) -> None:
    archive = tmp_path / "master1.root.tar"
    with tarfile.open(archive, "w") as tar:
        for member in members:
            tar.addfile(member)
    with pytest.raises(LabgenError, match="which is outside of the machine's disk"):
        archives.ensure_contained(archives.compress(archive))


def test_an_archive_with_more_than_this_reader_sees_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "master1.root.tar"
    hidden = tarfile.TarInfo("../escaped").tobuf()
    archive.write_bytes(tarfile.TarInfo("inside").tobuf() + b"no header" + b"\0" * 503 + hidden)
    with pytest.raises(LabgenError, match="has data after its end"):
        archives.ensure_contained(archives.compress(archive))


@pytest.mark.parametrize("damage", ["compressed", "packed"])
def test_an_archive_that_cannot_be_read_is_refused(tmp_path: Path, damage: str) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root/log").write_bytes(os.urandom(100_000))
    archives.pack(tmp_path / "root", tmp_path / "x.tar")
    path = tmp_path / "x.tar"
    if damage == "packed":
        os.truncate(path, 70_000)
    path = archives.compress(path)
    if damage == "compressed":
        os.truncate(path, 70_000)
    with pytest.raises(LabgenError, match=r"x\.tar\.zst cannot be read"):
        archives.ensure_contained(path)


def test_an_archive_with_a_size_that_cannot_be_is_refused(tmp_path: Path) -> None:
    member = tarfile.TarInfo("log")
    member.pax_headers = {"size": "-20480"}
    (tmp_path / "x.tar").write_bytes(member.tobuf(tarfile.PAX_FORMAT) + b"\0" * 20480)
    with pytest.raises(LabgenError, match=r"x\.tar\.zst cannot be read"):
        archives.ensure_contained(archives.compress(tmp_path / "x.tar"))


def test_nothing_is_copied_to_look_into_an_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """etcd's logs are zeros mostly: an archive can be a hundredth of what is in it."""
    (tmp_path / "root").mkdir()
    (tmp_path / "root/log").write_bytes(b"\0" * (4 << 20) + b"end" + b"\0" * (4 << 20))
    with (tmp_path / "root/holes").open("wb") as holes:
        for _ in range(40):  # their list is longer than a block
            holes.seek(1 << 20, os.SEEK_CUR)
            holes.write(b"data")
    archives.pack(tmp_path / "root", tmp_path / "x.tar")
    archive = archives.compress(tmp_path / "x.tar")
    files = sorted(tmp_path.rglob("*"))

    def none(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file was created")

    monkeypatch.setattr(tempfile, "TemporaryFile", none)
    archives.ensure_contained(archive)
    assert sorted(tmp_path.rglob("*")) == files


def test_a_machines_own_links_are_fine(tmp_path: Path) -> None:
    (tmp_path / "root/etc").mkdir(parents=True)
    (tmp_path / "root/etc/localtime").symlink_to("/usr/share/zoneinfo/UTC")
    (tmp_path / "root/one").write_text("1")
    (tmp_path / "root/two").hardlink_to(tmp_path / "root/one")
    archives.pack(tmp_path / "root", tmp_path / "x.tar")
    archives.ensure_contained(archives.compress(tmp_path / "x.tar"))
