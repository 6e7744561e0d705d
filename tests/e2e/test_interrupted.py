"""An interrupted `up`: a second call resumes it, and `down` removes everything."""

import os
import signal

import pytest

from labgen.lab import store
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.program import INTERRUPTED, UP, await_namespace, await_step, begun, labgen
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
