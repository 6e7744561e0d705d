"""Parsing of etcdctl's output."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from labgen.cluster import etcd
from labgen.cluster.etcd import EtcdMember
from labgen.errors import LabgenError
from labgen.machine.ssh import Ssh
from labgen.system import proxy
from labgen.system.process import Completed
from tests.unit.lab.samples import lab

BIG = 12593026477526642892  # member ids are unsigned 64 bit


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
    assert etcd.parse(listed, status) == [
        EtcdMember("master1", healthy=True, leader=True, learner=False),
        EtcdMember("master2", healthy=False, leader=False, learner=False),
        EtcdMember("master3", healthy=True, leader=False, learner=True),
        EtcdMember("unstarted", healthy=False, leader=False, learner=False),
    ]


@pytest.mark.parametrize("silence", ["", "null", "[]"])
def test_no_etcd_member_is_healthy_when_none_answered(silence: str) -> None:
    (member,) = etcd.parse('{"members": [{"ID": 1, "name": "master1"}]}', silence)
    assert not member.healthy
    assert not member.leader


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ({"leader": 1, "errors": ["memberID:1 alarm:NOSPACE "]}, "memberID:1 alarm:NOSPACE"),
        ({"leader": 0, "errors": ["etcdserver: no leader"]}, "etcdserver: no leader"),
        ({"leader": 0}, "it knows no leader"),
    ],
)
def test_a_member_that_answers_with_an_error_is_not_healthy(
    status: dict[str, Any], message: str
) -> None:
    answer = {"Endpoint": "x", "Status": {"header": {"member_id": 1}, **status}}
    (member,) = etcd.parse('{"members": [{"ID": 1, "name": "master1"}]}', json.dumps([answer]))
    assert (member.healthy, member.message) == (False, message)


def test_a_member_that_never_started_is_known_by_its_address() -> None:
    listed = {"members": [{"ID": 1, "peerURLs": ["https://10.89.0.5:2380"]}]}
    (member,) = etcd.parse(json.dumps(listed), "")
    assert (member.name, member.address) == ("unstarted", "10.89.0.5")


@dataclass(frozen=True)
class _Members(Ssh):
    """Control planes whose etcdctl lists two members; the commands are recorded."""

    ran: list[tuple[str, ...]] = field(default_factory=list)

    def run(self, host: str, argv: Sequence[str], *, timeout: float, **_: object) -> Completed:
        self.ran.append((host, *(word for word in argv if not word.startswith("--"))))
        members = [{"ID": BIG, "name": "master2"}, {"ID": 3, "name": "master3"}]
        return Completed(tuple(argv), 0, json.dumps({"members": members}), "")


def test_the_present_leader_is_told_to_hand_over_by_the_members_number() -> None:
    sample = lab("ha-3x0")
    ssh = _Members(sample.ssh_config)
    etcd.move_leader(ssh, sample, "master2", via=sample.machine("master1"))
    assert ssh.ran[-1] == ("master1", *proxy.WITHOUT, "etcdctl", "move-leader", f"{BIG:x}")
    with pytest.raises(LabgenError, match="etcd has no member master9"):
        etcd.move_leader(ssh, sample, "master9", via=sample.machine("master1"))
