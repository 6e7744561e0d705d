"""`labgen status`: its output and its exit code."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from labgen.cluster.etcd import EtcdMember
from labgen.cluster.health import Problem
from labgen.cluster.nodes import Node
from labgen.cluster.pods import Pod
from labgen.operations import status as observing
from labgen.operations.status import Status
from labgen.providers.base import State
from labgen.system.journal import Journal
from tests.unit.cli.calling import Said, labgen
from tests.unit.lab.samples import made
from tests.unit.system.stubs import stub


def _seen(**differing: object) -> Status:
    """Return the status of a healthy ha-3x0, with the given changes."""
    masters = ["master1", "master2", "master3"]
    healthy: Mapping[str, object] = {
        "machines": dict.fromkeys(masters, State.ON),
        "nodes": tuple(Node(name, True, "") for name in masters),
        "pods": (Pod("kube-system/etcd-master1", "master1", {}, True, "Running"),),
        "holders": ("master1",),
        "etcd": tuple(EtcdMember(name, True, name == "master2", False) for name in masters),
        "api_servers": {name: dict.fromkeys(masters, "UP") for name in masters},
        "problems": (),
        "notes": (),
    }
    return Status(**{**healthy, **differing})  # type: ignore[arg-type]


def _shown(monkeypatch: pytest.MonkeyPatch, seen: Status, *options: str) -> Said:
    made("ha-3x0", "demo")
    monkeypatch.setattr("labgen.cli.status.observe", lambda _: seen)
    return labgen("status", "demo", *options)


def test_status_of_a_healthy_lab_is_exit_code_0(monkeypatch: pytest.MonkeyPatch) -> None:
    said = _shown(monkeypatch, _seen())
    assert said.exit_code == 0
    assert said.out.splitlines()[1:] == [
        "MACHINE  POWER  NODE",
        "master1  on     Ready",
        "master2  on     Ready",
        "master3  on     Ready",
        "pods of the cluster: 1 of 1 ready",
        "VIP holder: master1",
        "etcd master1: healthy",
        "etcd master2: healthy, leader",
        "etcd master3: healthy",
        *(
            f"HAProxy on {name}: master1 UP, master2 UP, master3 UP"
            for name in ("master1", "master2", "master3")
        ),
    ]


def test_status_shows_a_problem_as_text_and_as_data_with_exit_code_1(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = Problem("pod", "kube-system/x", "pod kube-system/x: CrashLoopBackOff: back-off 40s")
    said = _shown(monkeypatch, _seen(problems=(problem,)))
    assert said.exit_code == 1
    assert said.out.splitlines()[-1] == f"problem: {problem.message}"
    shown = json.loads(labgen("status", "demo", "-o", "json").out)["problems"]
    assert shown == [{"what": "pod", "where": "kube-system/x", "message": problem.message}]


def test_status_shows_a_cordoned_node_as_kubectl_does_with_exit_code_0(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nodes = (Node("master1", True, ""), Node("master2", True, "", schedulable=False))
    said = _shown(monkeypatch, _seen(nodes=nodes, notes=("node master2 is cordoned",)))
    assert said.exit_code == 0
    assert "master2  on     Ready,SchedulingDisabled" in said.out.splitlines()
    assert said.out.splitlines()[-1] == "note: node master2 is cordoned"


def test_status_shows_the_step_at_which_the_last_up_failed_until_an_up_or_a_restore() -> None:
    lab = made("single", "demo")
    journal = Journal(lab.journal)
    journal.write("up", scenario="single")
    journal.write("step-done", step="prepare master1")
    journal.write("step-failed", step="await ready", error="lab demo becoming healthy did not ...")
    message = "the last labgen up failed at await ready: lab demo becoming healthy did not ..."
    assert observing.unfinished_up(lab) == [Problem("up", "await ready", message)]
    journal.write("up", scenario="single")
    assert observing.unfinished_up(lab) == []
    journal.write("up-done", seconds=1)
    assert observing.unfinished_up(lab) == []
    journal.write("step-failed", step="await ready", error="lab demo becoming healthy did not ...")
    journal.write("checkpoint-restored", name="good")
    assert observing.unfinished_up(lab) == []


def test_status_of_a_lab_without_machines_says_so_with_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "podman", "echo '[]'")
    stub(monkeypatch, tmp_path, "ip", "exit 2")
    made("single", "demo")
    said = labgen("status", "demo", "-o", "json")
    assert said.exit_code == 1
    seen = json.loads(said.out)
    assert seen["machines"] == {"master1": "absent"}
    assert seen["problems"][0] == {
        "what": "machine",
        "where": "master1",
        "message": "master1 is absent",
    }
    assert "no route" in seen["problems"][1]["message"]
