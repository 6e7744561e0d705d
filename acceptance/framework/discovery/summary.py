"""Summarise what was discovered of a cluster, in lines for users."""

from collections.abc import Iterable

from acceptance.framework.cluster import Cluster, Unknown
from labgen.lab.lab import Machine


def summary(cluster: Cluster) -> list[str]:
    """Return one line for each subject. A fact that is not known is replaced by the reason."""
    pairs = [
        ("control planes", _machines(cluster, cluster.control_planes)),
        ("workers", _machines(cluster, cluster.workers)),
        ("endpoint", _endpoint(cluster)),
        ("VIP", _vip(cluster)),
        ("keepalived", _names(cluster.keepalived)),
        ("HAProxy", _names(frozenset(cluster.haproxy))),
        ("version", _or_why(cluster.version)),
        ("etcd", _etcd(cluster)),
        ("pod network", _network(cluster)),
    ]
    return [f"found: {what}: {words}" for what, words in pairs]


def _machines(cluster: Cluster, machines: Iterable[Machine]) -> str:
    reported = [
        f"{machine.name} {machine.address}{'' if machine.name in cluster.logins else ' (no login)'}"
        for machine in machines
    ]
    return ", ".join(reported) or "none"


def _names(found: frozenset[str] | Unknown) -> str:
    if isinstance(found, Unknown):
        return f"not known: {found.reason}"
    return f"on {', '.join(sorted(found))}" if found else "none that is known"


def _or_why(value: object) -> str:
    return f"not known: {value.reason}" if isinstance(value, Unknown) else str(value)


def _endpoint(cluster: Cluster) -> str:
    if cluster.server in {"", cluster.endpoint}:
        return cluster.endpoint
    return f"{cluster.endpoint}, to which this host has another route; {cluster.server} is queried"


def _vip(cluster: Cluster) -> str:
    if isinstance(cluster.vip, Unknown):
        return f"not known: {cluster.vip.reason}"
    return f"{cluster.vip}, on {', '.join(cluster.holders) or 'no machine that was inspected'}"


def _etcd(cluster: Cluster) -> str:
    if isinstance(cluster.etcd, Unknown):
        return f"not known: {cluster.etcd.reason}"
    where = "on the control planes" if cluster.etcd.stacked else "external"
    return f"{where}, {', '.join(cluster.etcd.endpoints)}"


def _network(cluster: Cluster) -> str:
    if isinstance(cluster.network, Unknown):
        return f"not known: {cluster.network.reason}"
    backend = cluster.network.backend
    return cluster.network.plugin + (f", backend {backend}" if backend else "")
