"""Ctrl-C: processes are killed and waits end, in every thread. Each in a Python of its own."""

import signal
from pathlib import Path

from tests.unit.system.processes import eventually, python, runs

SECONDS = 15

INTERRUPTED_RUN = """
import sys, threading, time
from pathlib import Path
from labgen.system import interrupt
from labgen.system.run import run

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
from labgen.system.run import run

script = f"sleep 60 & echo $! >{sys.argv[1]}; wait"
try:
    gather({name: lambda: run(["sh", "-c", script], timeout=60) for name in ["a", "b"]})
except KeyboardInterrupt:
    print("ended")
"""

CTRL_C_BETWEEN = """
import sys, time
from pathlib import Path
from labgen.build.graph import Listener, Outcome, Step, run_steps
from labgen.system.run import run

pid = Path(sys.argv[1])

def work():
    run(["sh", "-c", f"sleep 60 & echo $! >{pid}; wait"], timeout=60)
    return Outcome.OK

def started(step):
    while step.name == "b" and not (pid.exists() and pid.read_text().strip()):
        time.sleep(0.01)
    if step.name == "b":
        raise KeyboardInterrupt

steps = [Step("a", work), Step("b", lambda: Outcome.OK)]
try:
    run_steps(steps, Listener(started, lambda done: None, lambda step, error: None))
except KeyboardInterrupt:
    print("ended")
"""


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
    program = python(CTRL_C, str(tmp_path / "pid"))
    child = _pid(tmp_path / "pid")
    program.send_signal(signal.SIGINT)
    said, _ = program.communicate(timeout=SECONDS)
    assert said == "ended\n"
    assert eventually(lambda: not runs(child))


def test_ctrl_c_between_two_steps_ends_those_under_way(tmp_path: Path) -> None:
    program = python(CTRL_C_BETWEEN, str(tmp_path / "pid"))
    said, _ = program.communicate(timeout=SECONDS)
    assert said == "ended\n"
    assert eventually(lambda: not runs(_pid(tmp_path / "pid")))
