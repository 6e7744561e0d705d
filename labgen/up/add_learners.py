"""Add control planes to etcd's list of members before they join.

kubeadm would add each by itself. But etcd accepts a new member only five seconds after the last one
has got its vote (HealthInterval in etcd's server.go), so control planes would join one after the
other.
"""

from collections.abc import Sequence

from labgen.cluster import etcd
from labgen.errors import LabgenError
from labgen.lab.lab import Machine
from labgen.up.context import Context
from labgen.up.evict import on_first
from labgen.up.graph import Outcome

SSH_TIMEOUT = 15.0  # seconds, multiplied by the lab's slowdown
MANIFEST = "/etc/kubernetes/manifests/etcd.yaml"


def add_learners(context: Context, machines: Sequence[Machine]) -> Outcome:
    """Have the first control plane add the members of the machines, where they are missing.

    Raises LabgenError when etcd does not accept them in time.
    """
    if len(machines) > 1:
        _ensure_several_possible(context)
    added = [
        on_first(context, it, f"etcd accepting {it.name} as a learner", etcd.add_learner)
        for it in machines
    ]
    return Outcome.CHANGED if any(added) else Outcome.OK


def _ensure_several_possible(context: Context) -> None:
    """Raise LabgenError if an older version of labgen has begun the lab, whose etcd accepts only
    one learner. A refused one would stay in etcd's log (docs/explanation/ha.md)."""
    lab, first = context.lab, context.lab.control_planes[0]
    words = ["grep", "--quiet", "--", "--max-learners=", MANIFEST]
    if context.ssh.run(
        first.name, words, timeout=SSH_TIMEOUT * lab.slowdown, check=False
    ).exit_code:
        raise LabgenError(
            f"another version of labgen has begun lab {lab.name}, and its etcd accepts one new "
            "member at a time",
            hint=f"to build it anew: labgen down {lab.name}; {lab.up_command}",
        )
