"""A wait ends early only when a pod fails and nothing changes any more."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from labgen.cluster.health import Problem
from labgen.cluster.pods import Pod, pods
from labgen.cluster.stuck import Watch, hopeless
from tests.unit.cluster.fake_api import serving

PROXY = "kube-system/proxy"


def _pod(name: str, container: Mapping[str, Any], *, ready: bool, changed: str) -> Any:
    condition = {
        "type": "Ready",
        "status": str(ready),
        "lastTransitionTime": f"2026-01-01T{changed}Z",
    }
    status = {"phase": "Running", "conditions": [condition], "containerStatuses": [container]}
    metadata = {"namespace": "kube-system", "name": name}
    return {"metadata": metadata, "spec": {"nodeName": "node1"}, "status": status}


def _crashing(last_run: str) -> Mapping[str, Any]:
    ended = {"exitCode": 1, "startedAt": f"2026-01-01T{last_run}Z"}
    waiting = {"waiting": {"reason": "CrashLoopBackOff"}}
    return {"name": "proxy", "state": waiting, "lastState": {"terminated": ended}}


def _ended_again(last_run: str) -> Mapping[str, Any]:
    ended = {"exitCode": 1, "startedAt": f"2026-01-01T{last_run}Z"}
    before = {"exitCode": 1, "startedAt": "2026-01-01T10:00:01Z"}
    return {"name": "proxy", "state": {"terminated": ended}, "lastState": {"terminated": before}}


def _waiting(reason: str) -> Mapping[str, Any]:
    return {"name": "proxy", "state": {"waiting": {"reason": reason}}}


RUNNING = {"name": "dns", "state": {"running": {"startedAt": "2026-01-01T10:00:00Z"}}}


def _pods(container: Mapping[str, Any], other_changed: str = "10:00:30") -> list[Pod]:
    """Return a pod with that container, and a ready one whose readiness changed at that time."""
    proxy = _pod("proxy", container, ready=False, changed="10:00:00")
    return pods(serving(proxy, _pod("dns", RUNNING, ready=True, changed=other_changed)))


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        (_crashing("10:00:50"), [PROXY]),
        (_crashing("10:00:20"), []),  # it failed before the other pod was ready
        (_ended_again("10:00:50"), [PROXY]),  # as it is shown for most of a back-off
        (_ended_again("10:00:20"), []),
        (_waiting("ImagePullBackOff"), [PROXY]),
        (_waiting("CreateContainerError"), [PROXY]),
        (_waiting("ContainerCreating"), []),
        (RUNNING, []),
    ],
)
def test_a_pod_is_hopeless_when_it_failed_under_the_conditions_of_now(
    container: Mapping[str, Any], expected: list[str]
) -> None:
    assert [pod.name for pod in hopeless(_pods(container))] == expected


def test_pods_that_crash_together_give_each_other_no_hope() -> None:
    first = _pod("a", _crashing("10:00:50"), ready=False, changed="10:00:51")
    second = _pod("b", _crashing("10:00:40"), ready=False, changed="10:00:41")
    assert len(hopeless(pods(serving(first, second)))) == 2


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def _problem(pod: Pod) -> Problem:
    return Problem("pod", pod.name, f"pod {pod.name}: {pod.trouble}")


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_wait_ends_when_nothing_has_changed_for_long_enough(clock: Clock) -> None:
    found = _pods(_crashing("10:00:50"))
    watch = Watch(60, clock)
    clock.now = 1000
    assert watch.stuck([_problem(found[0])], found) == []
    clock.now = 1030
    between = [replace(found[0], state="Running", crashed=""), found[1]]  # started once more
    assert watch.stuck([_problem(between[0])], between) == []
    clock.now = 1061
    assert watch.stuck([_problem(found[0])], found) == [found[0]]


def test_a_change_begins_the_wait_anew(clock: Clock) -> None:
    found = _pods(_crashing("10:00:50"))
    watch = Watch(60, clock)
    node = Problem("node", "node1", "node node1: NotReady")
    watch.stuck([_problem(found[0]), node], found)
    clock.now = 40
    watch.stuck([_problem(found[0])], found)
    clock.now = 80
    assert watch.stuck([_problem(found[0])], found) == []
    clock.now = 101
    assert watch.stuck([_problem(found[0])], found) != []


@pytest.mark.parametrize("what", ["node", "vip", "etcd", "api"])
def test_what_may_heal_by_itself_never_ends_a_wait(clock: Clock, what: str) -> None:
    found = _pods(RUNNING)
    watch = Watch(60, clock)
    problem = Problem(what, "", "not healthy")
    watch.stuck([problem], found)
    clock.now = 1000
    assert watch.stuck([problem], found) == []
