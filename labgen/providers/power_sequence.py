"""The order in which machines are switched on, like that of a sequenced power strip."""

from collections.abc import Sequence

from labgen.lab.lab import Lab, Machine
from labgen.scenario.model import Role
from labgen.system import interrupt

# Control planes are switched on one after another. etcd members that start at the same moment each
# wait 7 s for the answers of the others to the corruption check, which kubeadm enables (etcd
# server/etcdserver/corrupt.go). They listen already, and answer only after their own check. That
# takes a tenth of a second, about a second after the machine is switched on.
SEQUENCE_SECONDS = 1.0
# How long the API servers of a majority have the host's cores before further ones start. Workers
# boot while etcd elects a leader, when the cores are idle.
QUORUM_SECONDS = 2.0


def await_turn(lab: Lab, machine: Machine, acting: Sequence[Machine]) -> None:
    """Wait until machine, one of several that are switched on together, may be switched on."""
    before = [m for m in acting[: acting.index(machine)] if m.role is Role.CONTROL_PLANE]
    interrupt.pause(power_on_delay(machine.role, len(before), len(lab.control_planes)))


def power_on_delay(role: Role, before: int, control_planes: int) -> float:
    """Return the delay in seconds before a machine is switched on; before is the number of control
    planes that are switched on earlier."""
    quorum = control_planes // 2 + 1
    if role is Role.WORKER:
        return min(before, quorum) * SEQUENCE_SECONDS
    return before * SEQUENCE_SECONDS + (QUORUM_SECONDS if before >= quorum else 0.0)
