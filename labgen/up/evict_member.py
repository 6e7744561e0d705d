"""Remove a join that did not finish from the cluster, before the machine joins again.

kubeadm refuses a machine whose old node still counts as Ready. Its reset leaves the machine's
member in etcd if there was no node yet, and each dead member counts for the majority.
"""

from functools import partial

from labgen.cluster import etcd, kubectl
from labgen.lab.lab import Machine
from labgen.scenario.model import Role
from labgen.system.process import CommandFailed, CommandTimedOut
from labgen.system.wait import NotYet, until
from labgen.up.context import Context

# Seconds, multiplied by the lab's slowdown. After a boot, etcd may be without a majority until the
# machine's own member runs again.
TIMEOUT = 60.0


def evict_member(context: Context, machine: Machine) -> None:
    """Have the first control plane remove the machine's etcd member and node, where they exist.

    Raises LabgenError when etcd or the API does not answer in time.
    """
    what = f"removing an earlier join of {machine.name} from the cluster"
    limit = TIMEOUT * context.lab.slowdown
    until(partial(_try, context, machine), what=what, timeout=limit, interval=1)


def _try(context: Context, machine: Machine) -> None:
    lab, first = context.lab, context.lab.control_planes[0]
    try:
        if machine.role is Role.CONTROL_PLANE:
            etcd.remove_member(context.ssh, lab, machine, via=first)
        kubectl.delete_node(context.ssh, lab, machine, via=first)
    except (CommandFailed, CommandTimedOut) as error:
        raise NotYet(error.reason) from error
