"""Queries of a cluster: answers are kept, missing ones are problems."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from labgen.cluster import etcd
from labgen.cluster import query as module
from labgen.cluster.api import ApiUnreachable
from labgen.cluster.etcd import EtcdMember
from labgen.cluster.health import Problem
from labgen.cluster.machine_view import BOOTED
from labgen.cluster.query import query_api, query_etcd, query_machines
from labgen.lab.lab import Lab, Machine
from labgen.machine.ssh import Ssh
from labgen.system.process import CommandFailed, CommandTimedOut, Completed, run
from tests.unit.lab.samples import lab

UP = "".join(f"api-servers,master{number},UP\n" for number in (1, 2, 3))
STATS = f"# pxname,svname,status\n{UP}"
ADDRESS = "2: eth0 inet 10.89.0.244/24 scope global secondary eth0\n"


@dataclass(frozen=True)
class Machines(Ssh):
    """Machines of a healthy ha-3x3, except for those whose answers differ."""

    differing: dict[str, Completed | CommandTimedOut] = field(default_factory=dict)

    def run(self, host: str, argv: Sequence[str], *, timeout: float, **_: object) -> Completed:
        answer = self.differing.get(host)
        if isinstance(answer, CommandTimedOut):
            raise answer
        if answer:
            return answer
        vip = ADDRESS if host == "master1" else ""
        stats = STATS if host.startswith("master") else ""
        return Completed((), 0, f"{vip}---\n{stats}", "")


@pytest.fixture
def sample() -> Lab:
    return lab("ha-3x3")


def _machines(sample: Lab, **differing: Completed | CommandTimedOut) -> Machines:
    return Machines(sample.directory, differing=differing)


def test_machines_of_a_healthy_lab_have_no_problem(sample: Lab) -> None:
    found = query_machines(sample, _machines(sample))
    assert found.problems == ()
    assert found.holders == ("master1",)
    assert found.api_servers == {
        m.name: {"master1": "UP", "master2": "UP", "master3": "UP"} for m in sample.control_planes
    }


def test_a_worker_with_the_vip_is_seen(sample: Lab) -> None:
    found = query_machines(sample, _machines(sample, node2=Completed((), 0, f"{ADDRESS}---\n", "")))
    assert found.problems == (
        Problem("vip", "master1,node2", "the VIP is held by master1 and node2"),
    )


def test_a_machine_reports_when_it_booted(sample: Lab) -> None:
    answer = Completed((), 0, f"{ADDRESS}@1796070495\n---\n{STATS}", "")
    views = query_machines(sample, _machines(sample, master1=answer)).views
    assert views is not None
    assert (views["master1"].booted, views["node1"].booted) == (1796070495.0, 0.0)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("@1796070495\n@1796070494\n", 1796070494.0),
        ("@1796077695\n@1796070495\n", 1796070495.0),  # set back by two hours after the boot
        ("@1796070495\n@1796077695\n", 1796070495.0),  # set forward
        ("@1796070495\n", 1796070495.0),  # a systemd that cannot print seconds
        ("@\n@n/a\n", 0.0),
    ],
)
def test_a_clock_that_was_set_since_the_boot_makes_no_report_look_older(
    sample: Lab, told: str, expected: float
) -> None:
    answer = Completed((), 0, f"{ADDRESS}{told}---\n{STATS}", "")
    found = query_machines(sample, _machines(sample, master1=answer))
    assert found.problems == ()
    assert found.views is not None
    assert found.views["master1"].booted == expected


def test_the_age_of_the_first_process_tells_when_this_host_booted() -> None:
    age = int(run(["ps", "-o", "etimes=", "-p", "1"], timeout=10).stdout)
    words = ["bash", "-c", f"{BOOTED}; true"]
    *_, told = run(words, timeout=10).stdout.split()
    assert abs(time.time() - age - int(told.removeprefix("@"))) <= 2


def test_a_dead_haproxy_hides_neither_the_vip_nor_the_reason(sample: Lab) -> None:
    dead = Completed(
        (),
        1,
        f"{ADDRESS}---\n",
        '2026/11/30 14:24:32 socat[2562] E connect(, AF=1 "/x.sock", 25): Connection refused\n',
    )
    found = query_machines(sample, _machines(sample, master1=dead))
    said = "HAProxy on master1 does not answer: Connection refused"
    assert found.problems == (Problem("haproxy", "master1", said),)
    assert found.holders == ("master1",)


def test_a_machine_that_does_not_answer_is_named_with_the_line_that_has_the_reason(
    sample: Lab,
) -> None:
    refused = Completed(("ssh",), 255, "", "warning\nssh: connect to host: Connection refused\n")
    late = CommandTimedOut(("ssh",), 10, "", "")
    found = query_machines(sample, _machines(sample, node1=refused, node2=late))
    assert found.problems == (
        Problem("machine", "node1", "node1: ssh: connect to host: Connection refused"),
        Problem("machine", "node2", "node2: no answer within 10 s"),
    )


def test_etcd_is_queried_on_the_first_control_plane_whose_member_answers(
    sample: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("master1", "master2", "master3")
    members = [EtcdMember(name, name != "master1", name == "master2", False) for name in names]

    def answer(_ssh: Ssh, _lab: Lab, machine: Machine) -> list[EtcdMember]:
        if machine.name == "master1":
            raise CommandFailed(Completed((), 1, "", "context deadline exceeded"))
        return members

    monkeypatch.setattr(etcd, "members", answer)
    found = query_etcd(sample, _machines(sample))
    assert found.etcd == tuple(members)
    assert [problem.where for problem in found.problems] == ["master1"]
    found = query_etcd(sample, _machines(sample), sample.machines[:1])
    said = "etcd does not answer: master1: context deadline exceeded"
    assert found.problems == (Problem("etcd", "", said),)


def test_an_api_that_does_not_answer_is_one_problem(
    sample: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(_: object) -> list[object]:
        raise ApiUnreachable("https://10.89.0.244:8443/api/v1/nodes: nothing listens there")

    monkeypatch.setattr(module, "nodes", answer)
    [problem] = query_api(sample).problems
    assert problem.what == "api"
    assert problem.message.endswith("/api/v1/nodes: nothing listens there")
