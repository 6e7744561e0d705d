"""The order in which machines are switched on, as a sequenced power strip has it."""

from collections.abc import Sequence

from labgen.lab.lab import Lab, Machine
from labgen.scenario.model import Role
from labgen.system import interrupt

# Control planes are switched on one after the other and workers last. etcd members that start in
# the same moment each wait 7 s for the others' answer to the corruption check that kubeadm switches
# on (etcd server/etcdserver/corrupt.go).
SEQUENCE_SECONDS = 2.0
# What a majority's API servers are given of the host's cores before the rest boots.
QUORUM_SECONDS = 5.0


def await_turn(lab: Lab, machine: Machine, acting: Sequence[Machine]) -> None:
    """Wait until machine, one of those that are switched on together, is to be."""
    before = [m for m in acting[: acting.index(machine)] if m.role is Role.CONTROL_PLANE]
    interrupt.pause(power_on_delay(len(before), len(lab.control_planes)))


def power_on_delay(before: int, control_planes: int) -> float:
    """Seconds after which a machine is switched on, with so many control planes on before it."""
    quorum = control_planes // 2 + 1
    steps = min(before, control_planes - 1)  # workers together with the last control plane
    return steps * SEQUENCE_SECONDS + (QUORUM_SECONDS if before >= quorum else 0.0)
