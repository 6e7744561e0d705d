"""`labgen status`: everything about a running lab that tells whether it is healthy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from labgen.cluster import observations
from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.machine.ssh import Ssh
from labgen.providers.base import State
from labgen.providers.registry import provider
from labgen.system.parallel import gather

T = TypeVar("T")


@dataclass(frozen=True)
class Status:
    """What was observed; problems says in words for people what could not be, and what is not
    as it should be.

    api_servers is by master: each API server's state as that master's HAProxy has it.
    """

    machines: Mapping[str, State]
    nodes: tuple[observations.Node, ...]
    holders: tuple[str, ...]
    etcd: tuple[observations.EtcdMember, ...]
    api_servers: Mapping[str, Mapping[str, str]]
    problems: tuple[str, ...]


def status(lab: Lab) -> Status:
    """Observe the lab; what does not answer is a problem, not an error."""
    machines = provider(lab.provider).machines(lab)
    problems = [f"{name} is {state}" for name, state in machines.items() if state is not State.ON]
    running = [m for m in lab.control_planes if machines[m.name] is State.ON]
    try:
        ssh = access.ssh(lab)
    except LabgenError as error:
        return Status(machines, (), (), (), {}, (*problems, error.message))
    nodes = _observed("nodes", problems, partial(observations.nodes, observations.api(lab)))
    asked = {
        m.name: partial(_observed, m.name, problems, partial(_views, ssh, lab, m)) for m in running
    }
    views = dict(pair for pairs in gather(asked).values() for pair in pairs)
    first = [m for m in running if m.name in views][:1]
    members = partial(observations.etcd_members, ssh, lab, *first)
    etcd = _observed("etcd", problems, members) if first else []
    seen = Status(
        machines=machines,
        nodes=tuple(nodes),
        holders=tuple(name for name, view in views.items() if view.holds_vip),
        etcd=tuple(etcd),
        api_servers={name: view.api_servers for name, view in views.items()},
        problems=tuple(problems),
    )
    return replace(seen, problems=(*problems, *ailments(seen, lab)))


def ailments(seen: Status, lab: Lab) -> list[str]:
    """What was observed and is not as it should be, as words for people."""
    found = [f"node {node.name}: {node.reason}" for node in seen.nodes if not node.ready]
    if seen.api_servers and len(seen.holders) != 1:
        held = f"by {' and '.join(seen.holders)}" if seen.holders else "by no machine that answers"
        found.append(f"the VIP is held {held}")
    found += [f"etcd member {m.name} does not answer" for m in seen.etcd if not m.healthy]
    for name, servers in seen.api_servers.items():
        down = [m.name for m in lab.control_planes if servers.get(m.name) != "UP"]
        if down:
            found.append(f"HAProxy on {name} does not see the API server of {', '.join(down)}")
    return found


def _views(ssh: Ssh, lab: Lab, machine: Machine) -> list[tuple[str, observations.MasterView]]:
    return [(machine.name, observations.master_view(ssh, lab, machine))]


def _observed(what: str, problems: list[str], observe: Callable[[], list[T]]) -> list[T]:
    """What was observed, or nothing and one more problem."""
    try:
        return observe()
    except (LabgenError, OSError, ValueError) as error:
        problems.append(f"{what}: {str(error).splitlines()[0]}")
        return []
