"""The end: nodes and pods Ready, CoreDNS on two machines, every HAProxy sees every API server."""

from collections.abc import Sequence
from functools import partial

from labgen.cluster import observations
from labgen.cluster.api import ApiUnreachable
from labgen.errors import LabgenError
from labgen.lab.lab import Lab
from labgen.render.files import STATIC_PODS
from labgen.system.parallel import gather
from labgen.system.wait import NotYet, until
from labgen.up.context import Context
from labgen.up.graph import Outcome

TIMEOUT = 240.0
INTERVAL = 0.5  # each look is two TLS handshakes for the API server
MOST_SHOWN = 4
EVERYWHERE = {"flannel": ("app", "flannel"), "kube-proxy": ("k8s-app", "kube-proxy")}
NAMESPACES = ("kube-system", "kube-flannel")  # what users run may be as broken as they like


def await_ready(context: Context) -> Outcome:
    """Wait until the lab is up; raises LabgenError with what was still missing."""
    lab = context.lab
    hint = f"labgen status {lab.name}    to resume: {lab.up_command}"
    until(
        partial(_nodes_and_pods, lab),
        what="all nodes and pods being Ready",
        timeout=TIMEOUT * lab.slowdown,
        interval=INTERVAL * lab.slowdown,
        hint=hint,
    )
    until(
        partial(_load_balancers, context),
        what="every HAProxy seeing every API server",
        timeout=60 * lab.slowdown,
        interval=INTERVAL * lab.slowdown,
        hint=hint,
    )
    return Outcome.OK


def _nodes_and_pods(lab: Lab) -> None:
    client = observations.api(lab)
    try:
        nodes, pods = observations.nodes(client), observations.pods(client)
    except ApiUnreachable as error:
        raise NotYet(error.message) from error
    missing = missing_nodes(lab, nodes) + missing_pods(lab, pods)
    if missing:
        rest = f" and {len(missing) - MOST_SHOWN} more" if len(missing) > MOST_SHOWN else ""
        raise NotYet("; ".join(missing[:MOST_SHOWN]) + rest)


def missing_nodes(lab: Lab, nodes: Sequence[observations.Node]) -> list[str]:
    """What keeps the nodes from being good, as words for people."""
    by_name = {node.name: node for node in nodes}
    missing = [f"{m.name} is no node yet" for m in lab.machines if m.name not in by_name]
    return missing + [f"node {n.name}: {n.reason}" for n in nodes if not n.ready]


def missing_pods(lab: Lab, pods: Sequence[observations.Pod]) -> list[str]:
    """What keeps the pods from being good, as words for people."""
    own = [pod for pod in pods if pod.name.partition("/")[0] in NAMESPACES]
    missing = [f"pod {pod.name}: {pod.state}" for pod in own if not pod.ready]
    dns = {pod.node for pod in pods if pod.labels.get("k8s-app") == "kube-dns"}
    wanted = min(2, len(lab.machines))
    if len(dns) < wanted:
        missing.append(f"CoreDNS sits on {len(dns)} of {wanted} machines")
    there = {pod.name for pod in own}
    missing += [
        f"no pod {component}-{master.name}"
        for master in lab.control_planes
        for component in STATIC_PODS
        if f"kube-system/{component}-{master.name}" not in there
    ]
    for what, label in EVERYWHERE.items():
        on = {pod.node for pod in own if label in pod.labels.items()}
        missing += [f"no {what} pod on {m.name}" for m in lab.machines if m.name not in on]
    return missing


def _load_balancers(context: Context) -> None:
    lab = context.lab
    names = [master.name for master in lab.control_planes]
    asked = {
        m.name: partial(observations.master_view, context.ssh, lab, m) for m in lab.control_planes
    }
    try:
        views = gather(asked)
    except LabgenError as error:
        raise NotYet(error.message.splitlines()[0]) from error
    for name, view in views.items():
        down = [server for server in names if view.api_servers.get(server) != "UP"]
        if down:
            raise NotYet(f"HAProxy on {name} does not see the API server of {', '.join(down)}")
