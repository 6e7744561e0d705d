"""All sabotages, in the order of the suite's files. Read this page first."""

from collections.abc import Mapping

from tests.e2e.mutation import (
    certificates,
    control_plane,
    dns,
    etcd,
    flannel,
    kubectl,
    load_balancer,
    measured,
    nodes,
    pod_network,
    services,
    virtual_ip,
    workloads,
)
from tests.e2e.mutation.mutation import Mutation

SABOTAGES: Mapping[str, Mutation] = {
    it.name: it
    for it in (
        *nodes.SABOTAGES,
        *control_plane.SABOTAGES,
        *certificates.SABOTAGES,
        *etcd.SABOTAGES,
        *load_balancer.SABOTAGES,
        *virtual_ip.SABOTAGES,
        *flannel.SABOTAGES,
        *dns.SABOTAGES,
        *services.SABOTAGES,
        *pod_network.SABOTAGES,
        *kubectl.SABOTAGES,
        *workloads.SABOTAGES,
        *measured.SABOTAGES,
    )
}
MEASURED = frozenset(it.name for it in measured.SABOTAGES)
# What `make test` does all at once, where one does not hide another. The order is that of doing.
TOGETHER: Mapping[str, tuple[str, ...]] = {
    "kubeconfigs and nodes": (
        "one-dns-server",
        "stale-node",
        "no-role",
        "unprobed-scheduler",
        "broken-add-on",
        "users-kubeconfig",
        "administrators-kubeconfig",
        "workers-kubelet",
        "masters-kubelet",
        "scheduler-kubeconfig",
        "cluster-info",
        "ghost-member",
        "closed-etcd-port",
        # last: what runs on that master loses its connections to the VIP, and is late for a while
        "two-owners",
    ),
    "ways": (
        "certificate-without-vip",
        "certificate-ends",
        "wrong-port",
        "no-keepalived",
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
