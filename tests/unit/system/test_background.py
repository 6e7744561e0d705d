"""A program beside labgen is gone with the block, and with labgen."""

import signal
from pathlib import Path

import pytest

from labgen.system import background
from tests.unit.system.processes import eventually, python, runs

SLEEPER = ["bash", "-c", "sleep 600 & echo $! >pids; sleep 600 & echo $! >>pids; wait"]


def _pids(directory: Path) -> list[int]:
    path = directory / "pids"
    assert eventually(lambda: path.exists() and len(path.read_text().split()) == 2)
    return [int(it) for it in path.read_text().split()]


def test_it_runs_during_the_block_and_not_after(tmp_path: Path) -> None:
    with background.running(SLEEPER, cwd=tmp_path) as process:
        pids = _pids(tmp_path)
        assert process.poll() is None
        assert all(map(runs, pids))
    assert eventually(
        lambda: not any(map(runs, pids))
    )  # a pipe closes just before its process ends


def test_it_is_gone_after_an_error(tmp_path: Path) -> None:
    pids = []

    def fail() -> None:
        with background.running(SLEEPER, cwd=tmp_path):
            pids.extend(_pids(tmp_path))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert eventually(
        lambda: not any(map(runs, pids))
    )  # a pipe closes just before its process ends


PROGRAM = """
import sys, time
from pathlib import Path
from labgen.system import background
with background.running(["sleep", "600"], cwd=Path(sys.argv[1])) as process:
    print(process.pid, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_dies_with_labgen(tmp_path: Path, number: signal.Signals) -> None:
    with python(PROGRAM, str(tmp_path)) as labgen:
        assert labgen.stdout
        pid = int(labgen.stdout.readline())
        labgen.send_signal(number)
        labgen.wait(10)
    assert eventually(lambda: not runs(pid))
