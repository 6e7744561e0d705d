"""An etcd with a member that is not on a control plane, or with an unhealthy member."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from labgen.cluster.etcd import ETCDCTL
from tests.e2e.mutation.cluster_editor import ClusterEditor, firewall
from tests.e2e.mutation.mutation import Mutation, of

FILE = "test_etcd.py"
CTL = " ".join(ETCDCTL)


@contextmanager
def ghost(editor: ClusterEditor) -> Iterator[None]:
    """Add a learner, which has no vote, so nothing waits for it."""
    first, address = editor.masters[0], editor.lab.subnet.network_address + 250
    try:
        editor.on(first, f"{CTL} member add gone --learner --peer-urls=https://{address}:2380")
        yield
    finally:
        listed = json.loads(editor.on(first, f"{CTL} member list --write-out=json"))
        for member in listed["members"]:
            if member.get("isLearner"):
                editor.on(first, f"{CTL} member remove {member['ID']:x}")


@contextmanager
def closed_port(editor: ClusterEditor) -> Iterator[None]:
    """Close etcd's client port to other machines. API servers use the member on their own
    machine."""
    rule = "iif != lo tcp dport 2379 reject with tcp reset"
    with firewall(editor, [editor.last], "input", rule):
        yield


MUTATIONS = (
    Mutation(
        "ghost-member",
        of(FILE, "test_every_control_plane_is_a_voter"),
        promise="etcd's members are the control planes, and all of them vote.",
        done="A member was added for a machine that never started, as by an interrupted join.",
        doing=ghost,
    ),
    Mutation(
        "closed-etcd-port",
        of(FILE, "test_every_member_is_healthy"),
        promise="Every member of etcd answers its clients.",
        done="A firewall on the last control plane closes etcd's client port to other machines.",
        doing=closed_port,
    ),
)
