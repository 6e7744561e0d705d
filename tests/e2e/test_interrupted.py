"""An interrupted `up`: a second call resumes it, and `down` removes everything. An interrupted
benchmark removes its lab itself."""

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from labgen.lab import store
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.program import (
    INTERRUPTED,
    ROOT,
    UP,
    await_namespace,
    await_step,
    begun,
    labgen,
)
from tests.e2e.support.runs import Run


def test_up_resumes_after_ctrl_c(run_: Run, labs_to_remove: list[str]) -> None:
    name = run_.lab_name("ctrl-c")
    labs_to_remove.append(name)
    with begun("up", "single", "--name", name) as up:
        await_step(name, "init control plane master1")
        os.killpg(up.pid, signal.SIGINT)
        assert up.wait(timeout=30) == INTERRUPTED

    labgen("up", "single", "--name", name, timeout=UP)
    labgen("status", name)


def test_interrupted_benchmark_leaves_no_lab(
    run_: Run, labs_to_remove: list[str], tmp_path: Path
) -> None:
    scenario = tmp_path / f"{run_.lab_name('ctrl-c')}.yaml"
    shutil.copy(ROOT / "scenarios/single.yaml", scenario)
    name = f"bench-{scenario.stem}"
    labs_to_remove.append(name)
    benchmarks = (sys.executable, "-m", "benchmarks")
    with begun("--only", "up", str(scenario), program=benchmarks) as measuring:
        await_step(name, "prepare master1")
        lab = store.load(name)
        os.killpg(measuring.pid, signal.SIGINT)
        assert measuring.wait(timeout=60) == INTERRUPTED
    assert name not in store.names()
    assert not leaks(lab)


@pytest.mark.parametrize("moment", ["create", "prepare"])
def test_down_leaves_nothing_of_a_lab_whose_up_was_killed(
    run_: Run, labs_to_remove: list[str], moment: str
) -> None:
    name = run_.lab_name(f"killed-{moment}")
    labs_to_remove.append(name)
    with begun("up", "single", "--name", name) as up:
        if moment == "create":
            await_namespace(name)  # podman starts the machine in it next
        else:
            await_step(name, "prepare master1")
        os.killpg(up.pid, signal.SIGKILL)
        up.wait(timeout=30)
    lab = store.load(name)

    labgen("down", name)
    assert not leaks(lab)
