"""The process that heals a fault after its duration: a real process, with a simulated lab."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from labgen.faults import heal_timer, records
from labgen.faults.records import Injection
from labgen.lab.lab import Lab
from labgen.lab.ownership import container_labels
from labgen.system.wait import NotYet, until
from tests.unit.system.stubs import Stub, stub

ROOT = Path(__file__).parents[3]


def _asked(lab: Lab, duration: float) -> Injection:
    done = Injection("01234567", "pause", ("master1",), "2026-01-01T00:00:00+00:00", 0.0, duration)
    records.write(lab, done)
    return done


@pytest.fixture
def podman(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stub:
    """Simulate machines that are all paused."""
    labels = container_labels(lab)
    paused = [{"Names": ["labgen-demo.master1"], "State": "paused", "Labels": labels}]
    body = f"case $* in *' ps '*) echo '{json.dumps(paused)}' ;; esac"
    return stub(monkeypatch, tmp_path, "podman", body)


def _await_end(lab: Lab) -> None:
    def look() -> None:
        left = heal_timer.running(lab)
        if left:
            raise NotYet(str(left))

    until(look, what="the end of the waiting process", timeout=20, interval=0.05)


def test_it_outlives_its_caller_and_ends_when_the_fault_is_healed(lab: Lab, podman: Stub) -> None:
    done = _asked(lab, 600)
    program = """
from labgen.faults import heal_timer, records
from labgen.lab import store
lab = store.load("demo")
heal_timer.start(lab, records.read(lab)[0])
import os; os.kill(os.getpid(), 9)
"""
    caller = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert caller.returncode == -signal.SIGKILL
    (process,) = heal_timer.running(lab)
    assert os.getsid(process) not in (os.getsid(0), caller)
    records.remove(lab, done)
    _await_end(lab)


def test_heal_and_down_end_it_at_once(lab: Lab, podman: Stub) -> None:
    done = _asked(lab, 600)
    heal_timer.start(lab, done)
    assert len(heal_timer.running(lab)) == 1
    heal_timer.end(lab, "another")
    assert len(heal_timer.running(lab, done.id)) == 1
    heal_timer.end(lab)
    assert heal_timer.running(lab) == []


def test_it_undoes_the_fault_when_its_time_is_over(
    lab: Lab, podman: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "ip", "exit 2")  # no way to a machine: nothing is sent to one
    begin = time.monotonic()
    heal_timer.start(lab, _asked(lab, 0.2))
    _await_end(lab)
    assert time.monotonic() - begin >= 0.2
    assert ["--runtime", "runc", "unpause", "labgen-demo.master1"] in podman.calls
