"""`labgen status`: the health of a running lab, with its machines' power and its last `up`."""

from collections.abc import Mapping
from dataclasses import dataclass

from labgen.cluster.etcd import EtcdMember
from labgen.cluster.health import Health, Problem
from labgen.cluster.nodes import Node
from labgen.cluster.pods import Pod
from labgen.cluster.query import query
from labgen.errors import LabgenError
from labgen.lab.lab import Lab
from labgen.machine import access
from labgen.providers.base import State
from labgen.providers.optional import Isolation
from labgen.providers.registry import provider
from labgen.system import pressure
from labgen.system.journal import Journal


@dataclass(frozen=True)
class Status:
    """What was observed of a lab; it is healthy when there are no problems."""

    machines: Mapping[str, State]  # each machine's power state
    nodes: tuple[Node, ...]
    pods: tuple[Pod, ...]  # the cluster's own
    holders: tuple[str, ...]  # the machines that have the VIP
    etcd: tuple[EtcdMember, ...]
    api_servers: Mapping[str, Mapping[str, str]]  # by control plane, as its HAProxy has them
    problems: tuple[Problem, ...]  # what does not answer or is not healthy
    notes: tuple[str, ...]  # no problem, but worth knowing: a cordoned node, an overloaded host


def status(lab: Lab) -> Status:
    """Observe the lab. Whatever does not answer is a problem, not an error."""
    machines = provider(lab.provider).machines(lab)
    problems = [
        Problem("machine", name, f"{name} is {state}")
        for name, state in machines.items()
        if state is not State.ON
    ]
    problems += unfinished_up(lab)
    if any(state is State.ON for state in machines.values()):
        problems += isolation_problems(lab)
    running = [m for m in lab.machines if machines[m.name] is State.ON]
    try:
        found = query(lab, access.ssh(lab), running, explain=True)
    except LabgenError as error:
        found = Health(problems=(Problem("network", "", error.reason),))
    return Status(
        machines=machines,
        nodes=found.nodes,
        pods=found.pods,
        holders=found.holders,
        etcd=found.etcd,
        api_servers=found.api_servers,
        problems=(*problems, *found.problems),
        notes=(*found.notes, *filter(None, [pressure.overload()])),
    )


def isolation_problems(lab: Lab) -> list[Problem]:
    """Return what is wrong with this host's packet filter around the lab."""
    machines = provider(lab.provider)
    if not isinstance(machines, Isolation):
        return []
    try:
        found = machines.isolation_problems(lab)
    except LabgenError as error:
        found = [f"the firewall rules of lab {lab.name} cannot be read: {error.reason}"]
    return [Problem("isolation", "", text) for text in found]


def unfinished_up(lab: Lab) -> list[Problem]:
    """Return the step that failed in the last `labgen up`, from the lab's journal; empty for none,
    and after a restore."""
    failed: list[Problem] = []
    for event in Journal(lab.journal).read():
        if event["event"] in {"up", "up-done", "checkpoint-restored"}:
            failed = []
        elif event["event"] == "step-failed":
            step = str(event["step"])
            message = f"the last labgen up failed at {step}: {event['error']}"
            failed.append(Problem("up", step, message))
    return failed
