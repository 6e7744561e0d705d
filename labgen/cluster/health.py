"""The definition of a healthy cluster, for `up`, `status`, the suite, faults and benches.

A cluster is healthy if: every machine is a Ready node; every pod of the cluster itself is Ready,
with CoreDNS on two machines where there are two; every control plane has a voting etcd member that
answers; exactly one machine has the VIP, a control plane; every HAProxy sees every API server UP.

What a kubelet reported before its machine booted counts for nothing: after a power cut, the API has
nodes and pods as Ready until their kubelets report again. A controller manager and a scheduler
lead.

A cordoned node is healthy, because someone cordoned it on purpose. It is a note, not a problem.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labgen.cluster.etcd import EtcdMember
from labgen.cluster.leases import NAMES, Lease, stale
from labgen.cluster.machine_view import MachineView
from labgen.cluster.nodes import Node
from labgen.cluster.pods import Pod
from labgen.lab.lab import Lab
from labgen.render.files import STATIC_PODS
from labgen.scenario.model import Role

NAMESPACES = ("kube-system", "kube-flannel")  # what users run may be as broken as they like
ON_EVERY_MACHINE = {"flannel": ("app", "flannel"), "kube-proxy": ("k8s-app", "kube-proxy")}
MOST_SHOWN = 4


@dataclass(frozen=True)
class Problem:
    """Something that is not healthy."""

    what: str  # the kind of thing, see shapes.Problem
    where: str  # the machine or the object's name; empty for the whole cluster
    message: str  # one line for people, which names the thing as well

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class Health:
    """What was observed of a cluster; it is healthy when there are no problems."""

    nodes: tuple[Node, ...] = ()
    pods: tuple[Pod, ...] = ()  # the cluster's own
    leases: tuple[Lease, ...] = ()  # of the controller manager and the scheduler
    etcd: tuple[EtcdMember, ...] = ()
    views: Mapping[str, MachineView] | None = None  # by machine; those that answered
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()  # what someone should know although it is healthy

    @property
    def holders(self) -> tuple[str, ...]:
        """Return the machines that have the VIP."""
        return tuple(name for name, view in (self.views or {}).items() if view.holds_vip)

    @property
    def api_servers(self) -> Mapping[str, Mapping[str, str]]:
        """Return each API server's state in the HAProxy of each control plane, by control plane."""
        views = (self.views or {}).items()
        return {name: view.api_servers for name, view in views if view.api_servers}


def summary(problems: Sequence[Problem]) -> str:
    """Return the first problems in one line, and how many more there are."""
    more = len(problems) - MOST_SHOWN
    shown = "; ".join(problem.message for problem in problems[:MOST_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown


def node_problems(lab: Lab, nodes: Sequence[Node]) -> list[Problem]:
    """Return the machines that have no node, and the nodes that are not Ready."""
    names = {node.name for node in nodes}
    missing = [
        Problem("node", m.name, f"{m.name} is not a node of the cluster")
        for m in lab.machines
        if m.name not in names
    ]
    not_ready = [n for n in nodes if not n.ready]
    return missing + [Problem("node", n.name, f"node {n.name}: {n.reason}") for n in not_ready]


def node_notes(nodes: Sequence[Node]) -> list[str]:
    """Return the cordoned nodes, in kubectl's words."""
    return [
        f"node {node.name} is cordoned: {node.status}" for node in nodes if not node.schedulable
    ]


def pod_problems(lab: Lab, pods: Sequence[Pod]) -> list[Problem]:
    """Return the cluster's own pods that are not Ready, and those that are missing."""
    own = own_pods(pods)
    problems = [
        Problem("pod", pod.name, f"pod {pod.name}: {pod.trouble}") for pod in own if not pod.ready
    ]
    dns = {pod.node for pod in own if pod.labels.get("k8s-app") == "kube-dns"}
    wanted = min(2, len(lab.machines))
    if len(dns) < wanted:
        message = f"CoreDNS runs on {len(dns)} of {wanted} machines"
        problems.append(Problem("pod", "coredns", message))
    names = {pod.name for pod in own}
    problems += [
        Problem("pod", f"kube-system/{name}", f"no pod {name}")
        for name in (f"{part}-{m.name}" for m in lab.control_planes for part in STATIC_PODS)
        if f"kube-system/{name}" not in names
    ]
    for what, label in ON_EVERY_MACHINE.items():
        on = {pod.node for pod in own if label in pod.labels.items()}
        problems += [
            Problem("pod", m.name, f"no {what} pod on {m.name}")
            for m in lab.machines
            if m.name not in on
        ]
    return problems


def own_pods(pods: Sequence[Pod]) -> list[Pod]:
    """Return the pods of the cluster itself."""
    return [pod for pod in pods if pod.namespace in NAMESPACES]


def lease_problems(leases: Sequence[Lease]) -> list[Problem]:
    """Return the components of which none leads: a lease that was released does not exist until
    the next one leads."""
    led = {it.name for it in leases if it.machine}
    return [Problem("lease", name, f"{name}: none leads") for name in NAMES if name not in led]


def stale_problems(
    nodes: Sequence[Node],
    pods: Sequence[Pod],
    leases: Sequence[Lease],
    views: Mapping[str, MachineView],
) -> list[Problem]:
    """Return the nodes and the cluster's own pods that are Ready only in reports from before their
    machine booted, and the components that led the cluster before. All times of a machine are by
    its own clock."""
    booted = {name: view.booted for name, view in views.items()}
    silent = [n.name for n in nodes if n.ready and n.reported < booted.get(n.name, 0.0)]
    problems = [
        Problem("node", name, f"node {name}: it has not reported since {name} booted")
        for name in silent
    ]
    problems += [
        Problem("lease", it.name, f"{it.name}: none leads since {it.machine} booted")
        for it in stale(leases, booted)
    ]
    return problems + [
        Problem("pod", pod.name, f"pod {pod.name}: it has not started since {pod.node} booted")
        for pod in own_pods(pods)
        if pod.ready and (pod.started or 0.0) < booted.get(pod.node, 0.0)
    ]


def etcd_problems(lab: Lab, members: Sequence[EtcdMember]) -> list[Problem]:
    """Return the members that do not answer, have no vote or have not started, and the missing
    ones."""
    names = {member.name for member in members}
    missing = [
        Problem("etcd", m.name, f"etcd has no member on {m.name}")
        for m in lab.control_planes
        if m.name not in names
    ]
    found = [(m.name, trouble) for m in members if (trouble := _etcd_trouble(lab, m))]
    return missing + [Problem("etcd", name, text) for name, text in found]


def vip_problems(lab: Lab, holders: Sequence[str]) -> list[Problem]:
    """Return what is wrong with the holders: the machines that reported to have the VIP."""
    if len(holders) != 1:
        by = " and ".join(holders) or "no machine that answers"
        return [Problem("vip", ",".join(holders), f"the VIP is held by {by}")]
    [holder] = holders
    if lab.machine(holder).role is not Role.CONTROL_PLANE:
        return [Problem("vip", holder, f"the VIP is held by {holder}, which is a worker")]
    return []


def haproxy_problems(lab: Lab, views: Mapping[str, MachineView]) -> list[Problem]:
    """Return each HAProxy that does not answer or does not see every API server UP."""
    problems = []
    for name in (m.name for m in lab.control_planes if m.name in views):
        view = views[name]
        if view.haproxy_error:
            message = f"HAProxy on {name} does not answer: {view.haproxy_error}"
            problems.append(Problem("haproxy", name, message))
            continue
        down = [m.name for m in lab.control_planes if view.api_servers.get(m.name) != "UP"]
        if down:
            message = f"HAProxy on {name} does not see the API server of {', '.join(down)}"
            problems.append(Problem("haproxy", name, message))
    return problems


def _etcd_trouble(lab: Lab, member: EtcdMember) -> str:
    if member.name == "unstarted":
        return f"the etcd member at {member.address} has not started"
    if member.name not in {m.name for m in lab.control_planes}:
        return f"etcd member {member.name} is on no control plane of the lab"
    if not member.healthy:
        why = f": {member.message}" if member.message else " does not answer"
        return f"etcd member {member.name}{why}"
    return f"etcd member {member.name} is a learner, which has no vote" if member.learner else ""
