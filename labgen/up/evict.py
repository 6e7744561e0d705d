"""Remove a join that did not finish from the cluster, before the machine joins again.

kubeadm refuses a machine whose old node still counts as Ready. Its reset leaves the machine's
member in etcd if there was no node yet, and each dead member counts for the majority.
"""

from collections.abc import Callable
from typing import TypeVar

from labgen.cluster import etcd, kubectl
from labgen.lab.lab import Lab, Machine
from labgen.machine.ssh import Ssh
from labgen.system.process import CommandFailed, CommandTimedOut
from labgen.system.wait import NotYet, until
from labgen.up.context import Context

# Seconds, multiplied by the lab's slowdown. After a boot, etcd may be without a majority until the
# machine's own member runs again.
TIMEOUT = 60.0
T = TypeVar("T")
Change = Callable[[Ssh, Lab, Machine, Machine], T]  # the last one is the first control plane


def evict_member(context: Context, machine: Machine) -> None:
    """Have the first control plane remove the machine's etcd member, where it exists.

    Raises LabgenError when etcd does not answer in time.
    """
    on_first(context, machine, _removing(machine, "etcd"), etcd.remove_member)


def evict_node(context: Context, machine: Machine) -> None:
    """Have the first control plane remove the machine's node, where it exists.

    Raises LabgenError when the API does not answer in time.
    """
    on_first(context, machine, _removing(machine, "the cluster"), kubectl.delete_node)


def on_first(context: Context, machine: Machine, what: str, change: Change[T]) -> T:
    """Have the first control plane make a change for the machine, repeatedly until it succeeds, and
    return its result. Raises LabgenError with what was waited for when the time is over."""
    lab, first = context.lab, context.lab.control_planes[0]

    def attempt() -> T:
        try:
            return change(context.ssh, lab, machine, first)
        except (CommandFailed, CommandTimedOut) as error:
            raise NotYet(error.reason) from error

    return until(attempt, what=what, timeout=TIMEOUT * lab.slowdown, interval=1)


def _removing(machine: Machine, place: str) -> str:
    return f"removing an earlier join of {machine.name} from {place}"
