"""A join that did not come to its end: the cluster forgets it before the machine joins again.

kubeadm refuses a machine whose old node still counts as Ready, and its reset leaves the machine's
member in etcd when there was no node yet: a majority that counts the dead is soon none.
"""

import json
from functools import partial

from labgen.cluster.observations import etcdctl
from labgen.lab.lab import Machine
from labgen.scenario.model import Role
from labgen.system.process import CommandFailed, CommandTimedOut
from labgen.system.wait import NotYet, until
from labgen.up.context import Context

# etcd may be without a majority until the machine's own member runs again after a boot
TIMEOUT = 60.0
ASK_TIMEOUT = 20.0
DELETE_NODE = ("kubectl", "--kubeconfig=/etc/kubernetes/admin.conf", "delete", "node")
PEER_PORT = 2380


def forget(context: Context, machine: Machine) -> None:
    """Have the first control plane remove the machine's etcd member and node, where they are.

    Raises LabgenError when etcd or the API does not answer in time.
    """
    what = f"the cluster forgetting an earlier join of {machine.name}"
    limit = TIMEOUT * context.lab.slowdown
    until(partial(_try_to_forget, context, machine), what=what, timeout=limit, interval=1)


def _try_to_forget(context: Context, machine: Machine) -> None:
    try:
        if machine.role is Role.CONTROL_PLANE:
            _remove_member(context, machine)
        _on_first(context, *DELETE_NODE, machine.name, "--ignore-not-found", "--wait=false")
    except (CommandFailed, CommandTimedOut) as error:
        raise NotYet(error.message) from error


def _remove_member(context: Context, machine: Machine) -> None:
    """By its address: a member that never started has no name."""
    peer = f"https://{machine.address}:{PEER_PORT}"
    words = etcdctl(context.lab)
    listed = _on_first(context, *words, "member", "list", "-w", "json")
    for member in json.loads(listed)["members"]:
        if peer in member["peerURLs"]:
            _on_first(context, *words, "member", "remove", f"{member['ID']:x}")


def _on_first(context: Context, *words: str) -> str:
    first = context.lab.control_planes[0]
    limit = ASK_TIMEOUT * context.lab.slowdown
    return context.ssh.run(first.name, words, timeout=limit).stdout
