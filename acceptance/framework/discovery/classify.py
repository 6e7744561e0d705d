"""Derive the suite's description of a cluster from what was read of it. Pure functions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from acceptance.framework.cluster import DOMAIN, Cluster, Haproxy, Unknown
from acceptance.framework.discovery import control_plane, haproxy, network
from acceptance.framework.discovery.inspect import Inspection
from acceptance.framework.discovery.objects import Objects
from acceptance.framework.discovery.vip import Vip
from labgen.inventory.model import Inventory
from labgen.lab.lab import Machine
from labgen.machine.login import Unread
from labgen.scenario.model import Role

Reports = Mapping[str, Inspection | Unread]


def endpoint(inventory: Inventory, objects: Objects, server: str) -> str:
    """Return HOST:PORT where clients reach the API: from the inventory, from kubeadm, or (server)
    from the kubeconfig."""
    reported = server
    if not isinstance(objects.kubeadm, Unknown):
        reported = objects.kubeadm.get("controlPlaneEndpoint") or server
    host, _, port = reported.rpartition(":") if ":" in reported else (reported, "", "6443")
    return f"{inventory.vip or host}:{inventory.port or port}"


def classify(
    inventory: Inventory,
    kubeconfig: Path,
    objects: Objects,
    reports: Reports,
    *,
    endpoint: str,
    kept: Vip,
) -> Cluster:
    """Return the cluster; reports is by the address of an inventory's host, kept is the VIP."""
    found = machines(objects)
    paired = _paired(inventory, found, reports)
    inspections = by_node(inventory, objects, reports)
    masters = tuple(machine for machine in found if machine.role is Role.CONTROL_PLANE)
    places = control_plane.places(objects, masters)
    return Cluster(
        kubeconfig=kubeconfig,
        machines=found,
        endpoint=endpoint,
        vip=kept.address,
        holders=kept.holders,
        version=control_plane.version(objects),
        service_subnet=control_plane.service_subnet(objects),
        network=network.network(objects),
        etcd=control_plane.etcd(objects, places),
        nodes=_nodes(inventory, found, paired),
        places=places,
        own={name: seen.addresses for name, seen in inspections.items()},
        roles={name: _role(seen) for name, seen in inspections.items()},
        logins={name: paired[name] for name in inspections},
        unread=_unread(paired, reports),
        keepalived=_keepalived(kept, inspections),
        haproxy=_haproxies(masters, inspections, places, endpoint),
        as_pods=control_plane.as_pods(objects),
        domain=_domain(objects.kubeadm),
        skew=True,
    )


def machines(objects: Objects) -> tuple[Machine, ...]:
    """Return the cluster's machines, as its nodes report them."""
    return control_plane.machines(objects)


def by_node(inventory: Inventory, objects: Objects, reports: Reports) -> dict[str, Inspection]:
    """Return the inspection of each node."""
    paired = _paired(inventory, machines(objects), reports)
    found = {name: reports[label] for name, label in paired.items()}
    return {name: seen for name, seen in found.items() if isinstance(seen, Inspection)}


def reached(cluster: Cluster, addresses: frozenset[str], server: str) -> Cluster:
    """Return the cluster with the addresses that this host may query, and the API's server."""
    return replace(cluster, reached=addresses, server=server)


def _paired(
    inventory: Inventory, machines: tuple[Machine, ...], reports: Reports
) -> dict[str, str]:
    """Return the label of each node's host: the node with the host's name, otherwise the node with
    an address of the host or of that machine."""
    found: dict[str, str] = {}
    for name, host in inventory.hosts:
        label = str(host.address)
        seen = reports[label]
        own = {host.address, *(seen.addresses if isinstance(seen, Inspection) else ())}
        for machine in machines:
            if machine.name == name or (not name and machine.address in own):
                found[machine.name] = label
    return found


def _unread(paired: Mapping[str, str], reports: Reports) -> dict[str, str]:
    """Return why a node could not be inspected, by node."""
    found = {name: reports[label] for name, label in paired.items()}
    return {name: it.finding.what for name, it in found.items() if isinstance(it, Unread)}


def _nodes(
    inventory: Inventory, machines: tuple[Machine, ...], paired: Mapping[str, str]
) -> frozenset[str]:
    """Return the nodes that are machines, and the hosts that should be nodes."""
    strangers = [
        name or str(host.address)
        for name, host in inventory.hosts
        if str(host.address) not in paired.values()
    ]
    return frozenset([*(machine.name for machine in machines), *strangers])


def _role(seen: Inspection) -> Role:
    return Role.CONTROL_PLANE if seen.control_plane else Role.WORKER


def _keepalived(kept: Vip, inspections: Mapping[str, Inspection]) -> frozenset[str] | Unknown:
    """Return the machines whose keepalived configuration has the VIP. Without a keepalived service,
    it is a static pod."""
    if isinstance(kept.address, Unknown):
        return Unknown(f"keepalived has no VIP: {kept.address.reason}")
    if kept.kept_by and kept.kept_by != "keepalived":
        return Unknown(f"{kept.kept_by} manages the VIP; its pods are inspected with all others")
    reported = {name: seen for name, seen in inspections.items() if str(kept.address) in seen.kept}
    return frozenset(reported if any(seen.keepalived for seen in reported.values()) else ())


def _haproxies(
    masters: tuple[Machine, ...],
    inspections: Mapping[str, Inspection],
    places: Mapping[str, str],
    endpoint: str,
) -> dict[str, Haproxy]:
    """Return each machine's HAProxy. Clients use the endpoint's port; if that is the API servers'
    own, most HAProxies' port."""
    own = {place.rpartition(":")[2] for place in places.values()}
    known = {*places.values(), *(f"{m.name}:{port}" for m in masters for port in own)}
    read = {
        machine: haproxy.read(inspections[machine.name].haproxy, known)
        for machine in masters
        if machine.name in inspections
    }
    found = {machine: it for machine, it in read.items() if it}
    port = endpoint.rpartition(":")[2]
    counted = Counter(number for it in found.values() for _, number in it.binds)
    usual = counted.most_common(1)[0][0] if counted and port in own else int(port)
    return {
        machine.name: Haproxy(it.servers, it.socket, it.at(str(machine.address), usual))
        for machine, it in found.items()
    }


def _domain(kubeadm: Mapping[str, Any] | Unknown) -> str:
    if isinstance(kubeadm, Unknown):
        return DOMAIN
    return str(kubeadm.get("networking", {}).get("dnsDomain", DOMAIN))
