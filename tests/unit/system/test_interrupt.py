"""Ctrl-C: processes are killed and waits end, in every thread. Each test runs in a separate
Python."""

import os
import signal
from pathlib import Path

import pytest

from tests.unit.system.processes import eventually, python, runs

SECONDS = 15

INTERRUPTED_RUN = """
import sys, threading, time
from pathlib import Path
from labgen.system import interrupt
from labgen.system.process import run

def work():
    try:
        run(["sh", "-c", f"sleep 60 & echo $! >{sys.argv[1]}; wait"], timeout=60)
    except interrupt.Interrupted:
        print("run interrupted", flush=True)

thread = threading.Thread(target=work)
thread.start()
pid = Path(sys.argv[1])
while not (pid.exists() and pid.read_text().strip()):
    time.sleep(0.01)
interrupt.interrupt()
thread.join()
try:
    run(["true"], timeout=10)
except interrupt.Interrupted:
    print("no new process")
"""

INTERRUPTED_WAIT = """
import threading
from labgen.system import interrupt, wait

def never():
    raise wait.NotYet("nothing")

threading.Timer(0.2, interrupt.interrupt).start()
try:
    wait.until(never, what="it", timeout=60, interval=50)
except interrupt.Interrupted as error:
    print(error, error.exit_code)
"""

CTRL_C = """
import sys
from labgen.system.parallel import gather
from labgen.system.process import run

def sleep(pid):
    return lambda: run(["sh", "-c", f"sleep 60 & echo $! >{pid}; wait"], timeout=60)

try:
    gather({pid: sleep(pid) for pid in sys.argv[1:]})
except KeyboardInterrupt:
    print("ended")
"""

PIPES_KEPT_OPEN = """
import sys
from labgen.system.parallel import gather
from labgen.system.process import run

script = f"setsid sleep 60 & echo $! >{sys.argv[1]}; wait"
try:
    gather({"a": lambda: run(["sh", "-c", script], timeout=60)})
except KeyboardInterrupt:
    print("ended")
"""

STRUCK = """
import sys
from tests.unit.system import struck

struck.main(*sys.argv[1:])
"""
MOMENTS = (
    "in_process_start",
    "in_thread_start",
    "in_callback",
    "in_another_thread",
    "between_steps",
)


def _pid(path: Path) -> int:
    assert eventually(lambda: path.exists() and bool(path.read_text().strip()))
    return int(path.read_text())


def test_interrupt_kills_processes_with_their_children(tmp_path: Path) -> None:
    program = python(INTERRUPTED_RUN, str(tmp_path / "pid"))
    said, _ = program.communicate(timeout=SECONDS)
    assert said == "run interrupted\nno new process\n"
    assert eventually(lambda: not runs(_pid(tmp_path / "pid")))


def test_interrupt_ends_a_wait_at_once() -> None:
    said, _ = python(INTERRUPTED_WAIT).communicate(timeout=SECONDS)
    assert said == "interrupted 130\n"


def test_ctrl_c_ends_everything_that_runs_side_by_side(tmp_path: Path) -> None:
    pids = [tmp_path / "a", tmp_path / "b"]
    program = python(CTRL_C, *map(str, pids))
    children = [_pid(path) for path in pids]
    program.send_signal(signal.SIGINT)
    said, _ = program.communicate(timeout=SECONDS)
    assert said == "ended\n"
    assert eventually(lambda: not any(map(runs, children)))


def test_ctrl_c_does_not_wait_for_those_who_keep_a_killed_processs_pipes(tmp_path: Path) -> None:
    program = python(PIPES_KEPT_OPEN, str(tmp_path / "pid"))
    escaped = _pid(tmp_path / "pid")
    program.send_signal(signal.SIGINT)
    try:
        said, _ = program.communicate(timeout=SECONDS)
        assert said == "ended\n"
    finally:
        os.kill(escaped, signal.SIGKILL)


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_ends_all_whenever_it_strikes_and_cleaning_up_can_run(
    moment: str, tmp_path: Path
) -> None:
    program = python(STRUCK, str(tmp_path / "pid"), moment)
    said, _ = program.communicate(timeout=SECONDS)
    assert said == "ended\ncleaned up 0\n"
    children = [int(pid) for pid in (tmp_path / "pid").read_text().split()]
    assert children
    assert eventually(lambda: not any(map(runs, children)))
