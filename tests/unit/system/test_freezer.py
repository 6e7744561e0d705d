"""Control groups stand still for a block, and never longer."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from labgen.errors import HostUnfit, LabgenError
from labgen.system import freezer
from labgen.system.wait import NotYet, until

DYING = """
import os, signal, sys
from pathlib import Path
from labgen.system import freezer
freezer.ROOT = Path(sys.argv[1])
with freezer.frozen(["/machine"]):
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(freezer, "ROOT", tmp_path)
    return tmp_path


def _first_version(root: Path) -> Path:
    control = root / "freezer/machine/freezer.state"
    control.parent.mkdir(parents=True)
    control.write_text("THAWED\n")
    return control


def _second_version(root: Path, events: str) -> Path:
    control = root / "machine/cgroup.freeze"
    control.parent.mkdir(parents=True)
    control.write_text("0\n")
    (control.parent / "cgroup.events").write_text(events)
    return control


def test_processes_stand_still_in_the_first_version(root: Path) -> None:
    control = _first_version(root)
    with freezer.frozen(["/machine"]):
        assert control.read_text() == "FROZEN"
    assert control.read_text().strip() == "THAWED"


def test_processes_stand_still_in_the_second_version(root: Path) -> None:
    control = _second_version(root, "populated 1\nfrozen 1\n")
    with freezer.frozen(["/machine"]):
        assert control.read_text() == "1"
    assert control.read_text().strip() == "0"


def test_processes_that_do_not_stand_still_run_on(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freezer, "TIMEOUT", 0.05)
    control = _second_version(root, "populated 1\nfrozen 0\n")
    with (
        pytest.raises(LabgenError, match="the processes of machine standing still"),
        freezer.frozen(["/machine"]),
    ):
        raise AssertionError("the block was entered")
    assert control.read_text().strip() == "0"


def test_a_process_that_is_killed_meanwhile_leaves_nothing_frozen(root: Path) -> None:
    control = _first_version(root)
    died = subprocess.run([sys.executable, "-c", DYING, str(root)], check=False)
    assert died.returncode == -signal.SIGKILL

    def thawed() -> None:
        if (found := control.read_text().strip()) != "THAWED":
            raise NotYet(found)

    until(thawed, what="the thaw", timeout=10, interval=0.02)


def test_a_host_without_a_freezer_is_named(root: Path) -> None:
    with pytest.raises(HostUnfit, match="the processes of /machine cannot be frozen"):  # noqa: SIM117
        with freezer.frozen(["/machine"]):
            pass
    assert list(root.iterdir()) == []
