"""Pods as the API reports them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from labgen.cluster.api import ApiUnreachable, KubeApi
from labgen.cluster.pods import Pod, last_words, latest_warning, pods
from tests.unit.cluster.fake_api import serving


def _pod(name: str, status: Mapping[str, Any], **metadata: Any) -> Mapping[str, Any]:
    meta = {"namespace": "kube-system", "name": name, **metadata}
    return {"metadata": meta, "spec": {"nodeName": "node1"}, "status": status}


def test_pods_are_ready_or_say_what_they_do() -> None:
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    waiting = {
        "phase": "Pending",
        "containerStatuses": [
            {"state": {"waiting": {"reason": "CrashLoopBackOff"}}},
            {"state": {"running": {}}},
        ],
    }
    api = serving(
        _pod("good", ready, labels={"app": "x"}),
        _pod("crashing", waiting),
        _pod("going", ready, deletionTimestamp="2026-01-01T00:00:00Z"),
        _pod("new", {}),
        _pod("done", {"phase": "Succeeded"}),
    )
    found = pods(api)
    assert found[0] == Pod("kube-system/good", "node1", {"app": "x"}, True, "Running")
    assert [(pod.name, pod.ready, pod.state) for pod in found[1:]] == [
        ("kube-system/crashing", False, "CrashLoopBackOff"),
        ("kube-system/going", False, "terminating"),
        ("kube-system/new", False, "unknown"),
    ]


def test_a_pod_that_is_not_scheduled_has_no_node() -> None:
    pod = {**_pod("new", {"phase": "Pending"}), "spec": {}}
    assert pods(serving(pod))[0].node == ""


def _waiting(reason: str, message: str = "", last: Any = None) -> Mapping[str, Any]:
    container = {"name": "proxy", "state": {"waiting": {"reason": reason, "message": message}}}
    ended = {"lastState": {"terminated": last}} if last else {}
    return {"phase": "Pending", "containerStatuses": [{**container, **ended}]}


@pytest.mark.parametrize(
    ("last", "restarted"),
    [
        ({"exitCode": 1, "reason": "Error"}, True),
        ({"exitCode": 255, "reason": "Error"}, True),
        ({"exitCode": 255, "reason": "Unknown"}, False),  # lost with the power of its machine
        (None, False),
    ],
)
def test_a_pod_that_ended_by_itself_was_restarted(last: Any, restarted: bool) -> None:
    [pod] = pods(serving(_pod("proxy", _waiting("ContainerCreating", last=last))))
    assert pod.restarted is restarted


def _condition(kind: str, message: str) -> Mapping[str, Any]:
    return {
        "phase": "Pending",
        "conditions": [{"type": kind, "status": "False", "message": message}],
    }


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (
            _waiting(
                "CrashLoopBackOff", "back-off 40s", {"exitCode": 1, "message": "a\nno iptables\n"}
            ),
            "CrashLoopBackOff: back-off 40s; proxy last ended with exit code 1: no iptables",
        ),
        (_waiting("CrashLoopBackOff", "back-off 40s"), "CrashLoopBackOff: back-off 40s"),
        (_waiting("ErrImageNeverPull", "no image\nhere"), "ErrImageNeverPull: no image here"),
        (_waiting("ContainerCreating"), "ContainerCreating"),
        (_condition("PodScheduled", "0/1 nodes"), "Pending: 0/1 nodes"),
        (_condition("Ready", "unready: [proxy]"), "Pending: unready: [proxy]"),
    ],
)
def test_a_pod_that_is_not_ready_says_why(status: Mapping[str, Any], trouble: str) -> None:
    [pod] = pods(serving(_pod("x", status)))
    assert pod.trouble == trouble


def test_a_container_that_has_just_failed_is_not_running() -> None:
    ended = {"exitCode": 1, "reason": "Error", "message": "unknown flag"}
    failed = {"name": "proxy", "state": {"terminated": ended}}
    done = {"name": "copy", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}
    status = {
        "phase": "Running",
        "initContainerStatuses": [done],
        "containerStatuses": [failed],
    }
    [pod] = pods(serving(_pod("x", status)))
    assert pod.trouble == "Error: proxy last ended with exit code 1: unknown flag"


def test_an_init_containers_message_is_the_pods() -> None:
    waiting = [{"name": "copy", "state": {"waiting": {"reason": "ErrImageNeverPull"}}}]
    [pod] = pods(serving(_pod("x", {"phase": "Pending", "initContainerStatuses": waiting})))
    assert pod.state == "ErrImageNeverPull"


def test_a_pod_has_run_since_its_first_container_when_all_run() -> None:
    early = {"state": {"running": {"startedAt": "2026-01-01T00:00:05Z"}}}
    late = {"state": {"running": {"startedAt": "2026-01-01T00:00:09Z"}}}
    ended: Mapping[str, Any] = {"state": {"terminated": {}}}
    [both, one] = pods(
        serving(
            _pod("both", {"containerStatuses": [late, early]}),
            _pod("one", {"containerStatuses": [early, ended]}),
        )
    )
    assert both.started == 1767225605.0
    assert one.started is None


@dataclass(frozen=True)
class _Events(KubeApi):
    """Answers with the events of one pod, or not at all."""

    silent: bool = False

    def get(self, path: str) -> dict[str, Any]:
        chosen = "involvedObject.name%3Dx,type%3DWarning"
        assert path == f"/api/v1/namespaces/kube-system/events?fieldSelector={chosen}"
        if self.silent:
            raise ApiUnreachable("no answer")
        old = {"lastTimestamp": "2026-01-01T00:00:01Z", "message": "older"}
        new = {"lastTimestamp": None, "eventTime": "2026-01-01T00:00:02Z"}
        return {"items": [{**new, "message": "hostPath type\ncheck failed"}, old]}


def test_the_latest_warning_of_a_pod_is_one_line_or_empty() -> None:
    nowhere = Path("/nowhere")
    [pod] = pods(serving(_pod("x", {"phase": "Pending"})))
    api = _Events("127.0.0.1", 1, "127.0.0.1", nowhere, nowhere, nowhere)
    assert latest_warning(api, pod) == "hostPath type check failed"
    assert latest_warning(replace(api, silent=True), pod) == ""


@dataclass(frozen=True)
class _Log(KubeApi):
    """Answers with the log of one container, or not at all."""

    log: str | None = None

    def get_text(self, path: str) -> str:
        assert path.startswith("/api/v1/namespaces/kube-system/pods/x/log?previous=true&")
        assert path.endswith("&container=proxy")
        if self.log is None:
            raise ApiUnreachable("no answer")
        return self.log


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("starting\nno  such table\n", "no such table"),
        ("unable to retrieve container logs for containerd://1", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_last_words_of_a_crashed_container_are_one_line_or_empty(
    log: str | None, words: str
) -> None:
    nowhere = Path("/nowhere")
    [pod] = pods(serving(_pod("x", _waiting("CrashLoopBackOff"))))
    api = _Log("127.0.0.1", 1, "127.0.0.1", nowhere, nowhere, nowhere, log=log)
    assert last_words(api, pod) == words
