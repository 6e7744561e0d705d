"""What is still missing, in words."""

from dataclasses import replace

from labgen.cluster.observations import Node, Pod
from labgen.lab.lab import Lab
from labgen.up.steps.await_ready import missing_nodes, missing_pods
from tests.unit.lab.samples import lab


def _pod(name: str, node: str, **labels: str) -> Pod:
    return Pod(name, node, {key.replace("_", "-"): v for key, v in labels.items()}, True, "Running")


def _pods(sample: Lab) -> list[Pod]:
    """A healthy lab's pods."""
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


def test_a_healthy_lab_misses_nothing() -> None:
    for sample in (lab("ha-3x3"), lab("single")):
        assert missing_nodes(sample, [Node(m.name, True, "") for m in sample.machines]) == []
        assert missing_pods(sample, _pods(sample)) == []


def test_nodes_that_are_not_there_or_not_ready_are_named() -> None:
    nodes = [Node("master1", True, ""), Node("master2", False, "cni not initialized")]
    assert missing_nodes(lab("ha-3x0"), nodes) == [
        "master3 is no node yet",
        "node master2: cni not initialized",
    ]


def test_a_pod_that_is_not_ready_is_named_with_what_it_does() -> None:
    sample = lab("single")
    first, *others = _pods(sample)
    broken = replace(first, ready=False, state="CrashLoopBackOff")
    assert missing_pods(sample, [broken, *others]) == [
        "pod kube-flannel/f-master1: CrashLoopBackOff"
    ]


def test_what_a_user_runs_may_be_broken() -> None:
    sample = lab("single")
    own = replace(_pod("default/mine", "master1"), ready=False, state="CrashLoopBackOff")
    assert missing_pods(sample, [*_pods(sample), own]) == []


def test_a_master_without_one_of_its_static_pods_is_named() -> None:
    sample = lab("ha-3x3")
    pods = [pod for pod in _pods(sample) if pod.name != "kube-system/etcd-master3"]
    assert missing_pods(sample, pods) == ["no pod etcd-master3"]


def test_coredns_must_not_sit_on_one_machine() -> None:
    sample = lab("ha-3x0")
    pods = [
        replace(p, node="master1") if p.labels.get("k8s-app") == "kube-dns" else p
        for p in _pods(sample)
    ]
    assert missing_pods(sample, pods) == ["CoreDNS sits on 1 of 2 machines"]


def test_a_machine_without_flannel_is_named() -> None:
    sample = lab("ha-3x3")
    pods = [pod for pod in _pods(sample) if pod.name != "kube-flannel/f-node3"]
    assert missing_pods(sample, pods) == ["no flannel pod on node3"]
