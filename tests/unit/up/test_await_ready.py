"""The last step of `up`: it ends when the lab is healthy, or when it cannot become healthy."""

import time

import pytest

from labgen.cluster.health import Health, Problem
from labgen.cluster.machine_view import MachineView
from labgen.cluster.nodes import Node
from labgen.cluster.pods import Pod
from labgen.errors import LabgenError
from labgen.providers.container.provider import ContainerProvider
from labgen.system.wait import NotYet
from labgen.up.context import Context
from labgen.up.graph import Outcome
from labgen.up.steps import await_ready
from labgen.up.steps.await_ready import PROVEN, just_restarted
from tests.unit.lab.samples import made

NAME = "kube-system/proxy"
CRASHED = Pod(NAME, "node1", {}, False, "CrashLoopBackOff", "no such flag", restarted=True)
STUCK = Health(pods=(CRASHED,), problems=(Problem("pod", NAME, f"pod {NAME}: {CRASHED.trouble}"),))


@pytest.fixture
def context(monkeypatch: pytest.MonkeyPatch) -> Context:
    """Return the context of a lab whose machines and etcd are healthy."""
    monkeypatch.setattr(await_ready, "UNCHANGED", 0.05)
    monkeypatch.setattr(await_ready, "INTERVAL", 0.01)
    monkeypatch.setattr(await_ready, "release_leases", lambda _: [])
    for name in ("query_machines", "query_etcd"):
        monkeypatch.setattr(await_ready, name, lambda *_: Health())
    return Context(made("single"), ContainerProvider())


def _api(monkeypatch: pytest.MonkeyPatch, seen: Health) -> None:
    monkeypatch.setattr(await_ready, "query_api", lambda *_: seen)
    monkeypatch.setattr(await_ready, "query", lambda *_, **__: seen)


def test_a_healthy_lab_is_not_waited_for(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    _api(monkeypatch, Health())
    assert await_ready.await_ready(context) is Outcome.OK


def test_a_lab_whose_nodes_have_not_reported_since_they_booted_is_not_healthy(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(await_ready, "TIMEOUT", 0.3)
    _api(monkeypatch, Health(nodes=(Node("master1", True, "", reported=99.0),)))
    booted = Health(views={"master1": MachineView(True, booted=100.0)})
    monkeypatch.setattr(await_ready, "query_machines", lambda *_: booted)
    with pytest.raises(LabgenError, match="node master1: it has not reported since master1 booted"):
        await_ready.await_ready(context)


def test_a_wait_that_is_in_vain_ends_with_the_containers_message(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    pod = Pod(NAME, "node1", {}, False, "CrashLoopBackOff", "no such flag", last_run=1.0)
    _api(monkeypatch, Health(pods=(pod,), problems=STUCK.problems))
    with pytest.raises(LabgenError) as ended:
        await_ready.await_ready(context)
    assert "does not become healthy by itself: nothing has changed for 0.05 s" in str(ended.value)
    assert ended.value.last_seen == f"pod {NAME}: CrashLoopBackOff: no such flag"


def test_a_pod_that_may_heal_is_waited_for(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(await_ready, "TIMEOUT", 0.3)
    _api(monkeypatch, STUCK)  # nothing is known of its last run
    with pytest.raises(LabgenError, match=r"becoming healthy did not happen within 0\.3 s"):
        await_ready.await_ready(context)


def test_an_api_that_answers_late_leaves_the_cluster_only_the_rest_of_the_time(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.monotonic()

    def late(_: Context) -> list[str]:
        if time.monotonic() < began + 0.5:
            raise NotYet("the API does not answer")
        return []

    monkeypatch.setattr(await_ready, "release_leases", late)
    monkeypatch.setattr(await_ready, "TIMEOUT", 0.6)
    monkeypatch.setattr(await_ready, "UNCHANGED", 60.0)
    _api(monkeypatch, STUCK)
    with pytest.raises(LabgenError, match=r"did not happen within 0\.6 s"):
        await_ready.await_ready(context)
    assert time.monotonic() - began < 1.0


def test_leases_of_machines_that_answer_late_are_released_then(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [["master1"], ["master1"], []]
    monkeypatch.setattr(await_ready, "release_leases", lambda _: answers.pop(0))
    seen = [STUCK, STUCK, STUCK, Health()]
    monkeypatch.setattr(await_ready, "query_api", lambda *_: seen.pop(0))
    assert await_ready.await_ready(context) is Outcome.OK
    assert (answers, seen) == ([], [])


@pytest.mark.parametrize(
    ("age", "restarted", "expected"),
    [
        (1.0, True, ["pod kube-system/proxy"]),
        (PROVEN + 1, True, []),
        (-3600.0, True, []),  # by a machine's clock that is ahead
        (1.0, False, []),  # its first run
    ],
)
def test_a_pod_that_was_just_started_again_proves_nothing(
    age: float, restarted: bool, expected: list[str]
) -> None:
    now = 1000.0
    pod = Pod(NAME, "node1", {}, True, "Running", "", now - age, restarted=restarted)
    assert just_restarted([pod], now) == expected
