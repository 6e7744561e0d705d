"""The definition of healthy: each problem, in words and as data."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from labgen.cluster import health
from labgen.cluster.etcd import EtcdMember
from labgen.cluster.health import Problem
from labgen.cluster.leases import NAMES, Lease
from labgen.cluster.machine_view import MachineView
from labgen.cluster.nodes import Node
from labgen.cluster.pods import Pod
from labgen.lab.lab import Lab
from tests.unit.lab.samples import lab

POD_STALE = "pod kube-system/proxy: it has not started since node1 booted"


def _pod(name: str, node: str, **labels: str) -> Pod:
    return Pod(name, node, {key.replace("_", "-"): v for key, v in labels.items()}, True, "Running")


def _words(problems: Sequence[Problem]) -> list[str]:
    return [problem.message for problem in problems]


def _pods(sample: Lab) -> list[Pod]:
    """Return the pods of a healthy lab."""
    machines = sample.machines
    flannel = [_pod(f"kube-flannel/f-{m.name}", m.name, app="flannel") for m in machines]
    proxy = [_pod(f"kube-system/p-{m.name}", m.name, k8s_app="kube-proxy") for m in machines]
    dns = [_pod(f"kube-system/dns-{m.name}", m.name, k8s_app="kube-dns") for m in machines[:2]]
    static = [
        _pod(f"kube-system/{component}-{master.name}", master.name)
        for master in sample.control_planes
        for component in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
    ]
    return [*flannel, *proxy, *dns, *static]


def test_a_healthy_lab_has_no_problem() -> None:
    for sample in (lab("ha-3x3"), lab("single")):
        assert (
            _words(health.node_problems(sample, [Node(m.name, True, "") for m in sample.machines]))
            == []
        )
        assert _words(health.pod_problems(sample, _pods(sample))) == []


def test_nodes_that_are_not_there_or_not_ready_are_named() -> None:
    nodes = [Node("master1", True, ""), Node("master2", False, "cni not initialized")]
    assert _words(health.node_problems(lab("ha-3x0"), nodes)) == [
        "master3 is not a node of the cluster",
        "node master2: cni not initialized",
    ]


def test_a_pod_that_is_not_ready_is_named_with_what_it_does() -> None:
    sample = lab("single")
    first, *others = _pods(sample)
    broken = replace(first, ready=False, state="CrashLoopBackOff")
    assert _words(health.pod_problems(sample, [broken, *others])) == [
        "pod kube-flannel/f-master1: CrashLoopBackOff"
    ]


def test_what_a_user_runs_may_be_broken() -> None:
    sample = lab("single")
    own = replace(_pod("default/mine", "master1"), ready=False, state="CrashLoopBackOff")
    assert _words(health.pod_problems(sample, [*_pods(sample), own])) == []


def test_a_master_without_one_of_its_static_pods_is_named() -> None:
    sample = lab("ha-3x3")
    pods = [pod for pod in _pods(sample) if pod.name != "kube-system/etcd-master3"]
    assert _words(health.pod_problems(sample, pods)) == ["no pod etcd-master3"]


def test_coredns_must_not_sit_on_one_machine() -> None:
    sample = lab("ha-3x0")
    pods = [
        replace(p, node="master1") if p.labels.get("k8s-app") == "kube-dns" else p
        for p in _pods(sample)
    ]
    assert _words(health.pod_problems(sample, pods)) == ["CoreDNS runs on 1 of 2 machines"]


def test_a_machine_without_flannel_is_named() -> None:
    sample = lab("ha-3x3")
    pods = [pod for pod in _pods(sample) if pod.name != "kube-flannel/f-node3"]
    assert _words(health.pod_problems(sample, pods)) == ["no flannel pod on node3"]


def test_a_pods_own_message_stands_behind_its_state() -> None:
    sample = lab("single")
    first, *others = _pods(sample)
    said = "back-off 40s restarting failed container"
    broken = replace(first, ready=False, state="CrashLoopBackOff", message=said)
    [problem] = health.pod_problems(sample, [broken, *others])
    assert problem == Problem(
        "pod",
        "kube-flannel/f-master1",
        "pod kube-flannel/f-master1: CrashLoopBackOff: back-off 40s restarting failed container",
    )


def test_a_released_lease_means_that_none_leads() -> None:
    led = [Lease(name, "master1", 100.0, "7") for name in NAMES]
    assert health.lease_problems(led) == []
    problem = Problem("lease", "kube-scheduler", "kube-scheduler: none leads")
    assert health.lease_problems(led[:1]) == [problem]
    assert health.lease_problems([*led[:1], Lease("kube-scheduler", "", 0.0, "7")]) == [problem]


def test_a_cordoned_node_is_a_note_in_kubectls_words_and_no_problem() -> None:
    cordoned = Node("master1", True, "", schedulable=False)
    assert health.node_problems(lab("single"), [cordoned]) == []
    assert health.node_notes([cordoned]) == ["node master1 is cordoned: Ready,SchedulingDisabled"]
    assert health.node_notes([Node("master1", True, "")]) == []


def _members(**differing: EtcdMember) -> list[EtcdMember]:
    """Return the etcd members of a healthy ha-3x0, with the given changes."""
    names = ("master1", "master2", "master3")
    return [differing.get(name, EtcdMember(name, True, name == "master2", False)) for name in names]


@pytest.mark.parametrize(
    ("member", "problem"),
    [
        (EtcdMember("master3", False, False, False), "etcd member master3 does not answer"),
        (EtcdMember("master3", False, False, False, "NOSPACE"), "etcd member master3: NOSPACE"),
        (
            EtcdMember("master3", True, False, True),
            "etcd member master3 is a learner, which has no vote",
        ),
    ],
)
def test_an_etcd_member_that_is_not_well_is_named(member: EtcdMember, problem: str) -> None:
    found = health.etcd_problems(lab("ha-3x0"), _members(master3=member))
    assert found == [Problem("etcd", "master3", problem)]


def test_every_control_plane_has_a_member_and_nothing_else_has() -> None:
    unstarted = EtcdMember("unstarted", False, False, False, address="10.89.0.5")
    assert _words(health.etcd_problems(lab("ha-3x0"), _members(master3=unstarted))) == [
        "etcd has no member on master3",
        "the etcd member at 10.89.0.5 has not started",
    ]
    guest = EtcdMember("gone", True, False, False)
    assert _words(health.etcd_problems(lab("ha-3x0"), [*_members(), guest])) == [
        "etcd member gone is on no control plane of the lab"
    ]
    assert health.etcd_problems(lab("ha-3x0"), _members()) == []


@pytest.mark.parametrize(
    ("holders", "problems"),
    [
        (["master2"], []),
        ([], ["the VIP is held by no machine that answers"]),
        (["master1", "master3"], ["the VIP is held by master1 and master3"]),
        (["master1", "node2"], ["the VIP is held by master1 and node2"]),
        (["node2"], ["the VIP is held by node2, which is a worker"]),
    ],
)
def test_the_vip_is_on_exactly_one_control_plane(holders: list[str], problems: list[str]) -> None:
    assert _words(health.vip_problems(lab("ha-3x3"), holders)) == problems


def test_every_haproxy_answers_and_sees_every_api_server_up() -> None:
    up = dict.fromkeys(["master1", "master2", "master3"], "UP")
    views = {name: MachineView(False, up) for name in up}
    assert health.haproxy_problems(lab("ha-3x0"), views) == []
    views["master1"] = MachineView(False, {"master1": "UP", "master2": "DOWN"})
    views["master2"] = MachineView(False, {}, "Connection refused")
    assert health.haproxy_problems(lab("ha-3x0"), views) == [
        Problem(
            "haproxy",
            "master1",
            "HAProxy on master1 does not see the API server of master2, master3",
        ),
        Problem("haproxy", "master2", "HAProxy on master2 does not answer: Connection refused"),
    ]


@pytest.mark.parametrize(
    ("reported", "started", "problems"),
    [
        (99.0, 98.0, ["node node1: it has not reported since node1 booted", POD_STALE]),
        (100.0, 98.0, [POD_STALE]),  # the node has reported, its pods not yet
        (100.0, None, [POD_STALE]),
        (101.0, 100.0, []),
    ],
)
def test_what_a_kubelet_reported_before_its_machine_booted_counts_for_nothing(
    reported: float, started: float | None, problems: list[str]
) -> None:
    nodes = [Node("node1", True, "", reported=reported), Node("node2", True, "")]
    pod = _pod("kube-system/proxy", "node1")
    pods = [replace(pod, started=started), replace(pod, name="default/own", started=1.0)]
    views = {"node1": MachineView(False, booted=100.0), "node2": MachineView(False)}
    assert _words(health.stale_problems(nodes, pods, [], views)) == problems


def test_someone_leads_since_the_machine_of_the_earlier_leader_booted() -> None:
    held = Lease("kube-scheduler", "master1", 99.0, "7")
    views = {"master1": MachineView(False, booted=100.0)}
    assert health.stale_problems([], [], [held], views) == [
        Problem("lease", "kube-scheduler", "kube-scheduler: none leads since master1 booted")
    ]
    for good in (replace(held, renewed=100.0), replace(held, machine="master2")):
        assert health.stale_problems([], [], [good], views) == []


def test_a_summary_shows_the_first_four_and_counts_the_others() -> None:
    problems = [Problem("node", name, f"node {name}") for name in "abcdef"]
    assert health.summary(problems[:2]) == "node a; node b"
    assert health.summary(problems) == "node a; node b; node c; node d and 2 more"
