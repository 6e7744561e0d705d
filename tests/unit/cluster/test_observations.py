"""What HAProxy, etcdctl and the API say, read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from labgen.cluster import observations
from labgen.cluster.api import KubeApi
from labgen.cluster.observations import EtcdMember, Node, Pod

STATS = """\
# pxname,svname,qcur,status,weight
kubernetes-api,FRONTEND,,OPEN,
api-servers,master1,0,UP,1
api-servers,master2,0,DOWN 1/2,1
api-servers,master3,0,MAINT (resolution),1
api-servers,BACKEND,0,UP,1
health,FRONTEND,,OPEN,
"""
BIG = 12593026477526642892  # member ids are unsigned 64 bit


def test_haproxys_servers_are_read_and_its_frontends_passed_over() -> None:
    servers = observations.api_servers(f"\n{STATS}\n")
    assert servers == {"master1": "UP", "master2": "DOWN", "master3": "MAINT"}


def test_a_haproxy_that_says_nothing_sees_no_servers() -> None:
    assert observations.api_servers("\n") == {}


def _status(member: int, leader: int) -> dict[str, Any]:
    return {"Endpoint": "x", "Status": {"header": {"member_id": member}, "leader": leader}}


def test_etcd_members_are_healthy_when_they_answered() -> None:
    members = [
        {"ID": BIG, "name": "master1"},
        {"ID": 2, "name": "master2"},
        {"ID": 3, "name": "master3", "isLearner": True},
        {"ID": 4, "peerURLs": []},
    ]
    listed = json.dumps({"members": members})
    status = json.dumps([_status(BIG, BIG), _status(3, BIG)])
    assert observations.parse_etcd(listed, status) == [
        EtcdMember("master1", healthy=True, leader=True, learner=False),
        EtcdMember("master2", healthy=False, leader=False, learner=False),
        EtcdMember("master3", healthy=True, leader=False, learner=True),
        EtcdMember("unstarted", healthy=False, leader=False, learner=False),
    ]


@pytest.mark.parametrize("silence", ["", "null", "[]"])
def test_no_etcd_member_is_healthy_when_none_answered(silence: str) -> None:
    (member,) = observations.parse_etcd('{"members": [{"ID": 1, "name": "master1"}]}', silence)
    assert not member.healthy
    assert not member.leader


@dataclass(frozen=True)
class Api(KubeApi):
    """Answers every question with items."""

    items: tuple[Mapping[str, Any], ...] = ()

    def get(self, path: str) -> dict[str, Any]:
        assert path in {"/api/v1/nodes", "/api/v1/pods"}
        return {"items": self.items}


def _api(*items: Mapping[str, Any]) -> Api:
    nowhere = Path("/nowhere")
    return Api("127.0.0.1", 1, "127.0.0.1", nowhere, nowhere, nowhere, items=items)


def _node(name: str, **ready: str) -> Mapping[str, Any]:
    conditions = [{"type": "MemoryPressure", "status": "False"}]
    if ready:
        conditions.append({"type": "Ready", **ready})
    return {"metadata": {"name": name}, "status": {"conditions": conditions}}


def test_nodes_are_ready_or_say_why_not() -> None:
    api = _api(
        _node("a", status="True", message="fine"),
        _node("b", status="False", message="cni not initialized"),
        _node("c", status="Unknown", reason="NodeStatusUnknown"),
        _node("d"),
        {"metadata": {"name": "e"}, "status": {}},
    )
    assert observations.nodes(api) == [
        Node("a", True, ""),
        Node("b", False, "cni not initialized"),
        Node("c", False, "NodeStatusUnknown"),
        Node("d", False, "no status yet"),
        Node("e", False, "no status yet"),
    ]


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
    api = _api(
        _pod("good", ready, labels={"app": "x"}),
        _pod("crashing", waiting),
        _pod("going", ready, deletionTimestamp="2026-01-01T00:00:00Z"),
        _pod("new", {}),
        _pod("done", {"phase": "Succeeded"}),
    )
    pods = observations.pods(api)
    assert pods[0] == Pod("kube-system/good", "node1", {"app": "x"}, True, "Running")
    assert [(pod.name, pod.ready, pod.state) for pod in pods[1:]] == [
        ("kube-system/crashing", False, "CrashLoopBackOff"),
        ("kube-system/going", False, "terminating"),
        ("kube-system/new", False, "unknown"),
    ]


def test_a_pod_that_is_not_scheduled_has_no_node() -> None:
    pod = {**_pod("new", {"phase": "Pending"}), "spec": {}}
    assert observations.pods(_api(pod))[0].node == ""
