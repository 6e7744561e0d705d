"""The order in which machines are switched on, as a sequenced power strip has it."""

# Control planes are switched on one after the other and workers last. etcd members that start in
# the same moment each wait 7 s for the others' answer to the corruption check that kubeadm switches
# on (etcd server/etcdserver/corrupt.go).
SEQUENCE_SECONDS = 2.0
# What a majority's API servers are given of the host's cores before the rest boots.
QUORUM_SECONDS = 5.0


def power_on_delay(before: int, control_planes: int) -> float:
    """Seconds after which a machine is switched on, with so many control planes on before it."""
    quorum = control_planes // 2 + 1
    steps = min(before, control_planes - 1)  # workers together with the last control plane
    return steps * SEQUENCE_SECONDS + (QUORUM_SECONDS if before >= quorum else 0.0)
