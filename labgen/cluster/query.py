"""Query a running cluster for its health, concurrently, and report what does not answer.

There are three queries, so that a wait can begin with the part that it waits for, and stop there.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from labgen.cluster import api, etcd, health, machine_view
from labgen.cluster.api import KubeApi
from labgen.cluster.health import Health, Problem
from labgen.cluster.leases import leases
from labgen.cluster.machine_view import MachineView
from labgen.cluster.nodes import nodes
from labgen.cluster.pods import Pod, last_words, latest_warning, pods
from labgen.errors import LabgenError, reason
from labgen.lab.lab import Lab, Machine
from labgen.machine.ssh import Ssh
from labgen.scenario.model import Role
from labgen.system.parallel import gather

T = TypeVar("T")


def query(
    lab: Lab, ssh: Ssh, machines: Sequence[Machine] | None = None, *, explain: bool = False
) -> Health:
    """Query everything; machines are those to query, all by default.

    With explain, one more request for each pod that is not ready gets its latest warning event.
    """
    machines = lab.machines if machines is None else machines
    parts = gather(
        {
            "api": partial(query_api, lab, explain=explain),
            "machines": partial(query_machines, lab, ssh, machines),
            "etcd": partial(query_etcd, lab, ssh, machines),
        }
    )
    return Health(
        nodes=parts["api"].nodes,
        pods=parts["api"].pods,
        leases=parts["api"].leases,
        etcd=parts["etcd"].etcd,
        views=parts["machines"].views,
        problems=(
            *(problem for part in parts.values() for problem in part.problems),
            *health.stale_problems(
                parts["api"].nodes,
                parts["api"].pods,
                parts["api"].leases,
                parts["machines"].views or {},
            ),
        ),
        notes=parts["api"].notes,
    )


def query_api(lab: Lab, *, explain: bool = False) -> Health:
    """Query nodes, pods and leases."""
    client = api.connect(lab)
    try:
        found, running, held = nodes(client), pods(client), leases(client)
    except (LabgenError, OSError, ValueError) as error:
        return Health(problems=(Problem("api", "", f"the API does not answer: {reason(error)}"),))
    if explain:
        running = [_explained(client, pod) for pod in running]
    problems = [
        *health.node_problems(lab, found),
        *health.pod_problems(lab, running),
        *health.lease_problems(held),
    ]
    notes = tuple(health.node_notes(found))
    own = tuple(health.own_pods(running))
    return Health(tuple(found), own, tuple(held), problems=tuple(problems), notes=notes)


def query_machines(lab: Lab, ssh: Ssh, machines: Sequence[Machine] | None = None) -> Health:
    """Query each machine for the VIP, and each control plane for the servers of its HAProxy."""
    asked = lab.machines if machines is None else machines
    tasks = {m.name: partial(_try, partial(machine_view.query, ssh, lab, m)) for m in asked}
    answers = gather(tasks)
    views = {name: view for name, view in answers.items() if isinstance(view, MachineView)}
    silent = {name: why for name, why in answers.items() if isinstance(why, str)}
    problems = [Problem("machine", name, f"{name}: {why}") for name, why in silent.items()]
    if any(m.name in views for m in asked if m.role is Role.CONTROL_PLANE):
        holders = [name for name, view in views.items() if view.holds_vip]
        problems += health.vip_problems(lab, holders)
    problems += health.haproxy_problems(lab, views)
    return Health(views=views, problems=tuple(problems))


def query_etcd(lab: Lab, ssh: Ssh, machines: Sequence[Machine] | None = None) -> Health:
    """Query etcd on the first control plane whose own member answers."""
    asked = lab.machines if machines is None else machines
    why = "no control plane is on"
    for machine in (m for m in asked if m.role is Role.CONTROL_PLANE):
        answer = _try(partial(etcd.members, ssh, lab, machine))
        if not isinstance(answer, str):
            problems = health.etcd_problems(lab, answer)
            return Health(etcd=tuple(answer), problems=tuple(problems))
        why = f"{machine.name}: {answer}"
    return Health(problems=(Problem("etcd", "", f"etcd does not answer: {why}"),))


def _explained(client: KubeApi, pod: Pod) -> Pod:
    """Return the pod with what the cluster knows of the reason why it is not ready.

    This is the last line that a crashed container wrote, or else the latest warning.
    """
    if pod.ready or pod.namespace not in health.NAMESPACES:
        return pod
    if pod.crashed and (words := last_words(client, pod)):
        return replace(pod, message=f"{pod.message}; its log ends: {words}".removeprefix("; "))
    if pod.message or not (warning := latest_warning(client, pod)):
        return pod
    return replace(pod, message=warning)


def _try(observe: Callable[[], T]) -> T | str:
    """Return what was observed, or the reason why nothing was."""
    try:
        return observe()
    except (LabgenError, OSError, ValueError) as error:
        return reason(error)
