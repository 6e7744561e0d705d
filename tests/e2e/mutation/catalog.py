"""All mutations, in the order of the suite's files. Read this page first."""

from collections.abc import Mapping

from tests.e2e.mutation import (
    certificates,
    control_plane,
    disruptive,
    dns,
    etcd,
    flannel,
    isolation,
    kubectl,
    load_balancer,
    nodes,
    pod_network,
    services,
    virtual_ip,
    workloads,
)
from tests.e2e.mutation.mutation import Mutation

MUTATIONS: Mapping[str, Mutation] = {
    it.name: it
    for it in (
        *nodes.MUTATIONS,
        *control_plane.MUTATIONS,
        *certificates.MUTATIONS,
        *etcd.MUTATIONS,
        *load_balancer.MUTATIONS,
        *virtual_ip.MUTATIONS,
        *isolation.MUTATIONS,
        *flannel.MUTATIONS,
        *dns.MUTATIONS,
        *services.MUTATIONS,
        *pod_network.MUTATIONS,
        *kubectl.MUTATIONS,
        *workloads.MUTATIONS,
        *disruptive.MUTATIONS,
    )
}
MEASURED = frozenset(it.name for it in disruptive.MUTATIONS)
# Mutations that can be applied together: none hides another. The order is that of applying them.
GROUPS: Mapping[str, tuple[str, ...]] = {
    # the one of `make test`: each of another file of the suite, undone within seconds
    "a handful": (
        "no-role",
        "unprobed-scheduler",
        "users-kubeconfig",
        "closed-etcd-port",
        "wrong-port",
        "no-keepalived",
        "flushed-rules",
    ),
    "kubeconfigs and nodes": (
        "one-dns-server",
        "stale-node",
        "broken-add-on",
        "administrators-kubeconfig",
        "workers-kubelet",
        "masters-kubelet",
        "scheduler-kubeconfig",
        "cluster-info",
        "ghost-member",
        # last: what runs on that control plane loses its connections to the VIP for a while
        "two-owners",
    ),
    "network paths": (
        "certificate-without-vip",
        "certificate-ends",
        "taint",
        "wrong-mtu",
        "foreign-route",
        "closed-tunnel",
        "wrong-selector",
        "wrong-corefile",
        "closed-api",
    ),
    "users": (
        "unplanned-address",
        "closed-services",
        "no-shell",
        "no-forward",
        "no-tar",
        "no-alias",
        "full-volume",
    ),
    "failover": ("slow-adverts", "lost-write-failover", "late-owner"),
}
