"""The control plane as the API reports it: nodes as machines, the API servers' addresses, etcd."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from acceptance.framework.cluster import Etcd, Unknown, stacked
from acceptance.framework.discovery.objects import Objects
from labgen.errors import LabgenError
from labgen.lab.lab import API_SERVER_PORT, Machine
from labgen.scenario.model import Role

LABEL = "node-role.kubernetes.io/control-plane"
OLD_LABEL = "node-role.kubernetes.io/master"  # until Kubernetes 1.24
PLACE = "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint"  # kubeadm's annotation
UNITS = {"Ki": 1024, "Mi": 1024**2, "Gi": 1024**3}
MIB = 1024**2


def machines(objects: Objects) -> tuple[Machine, ...]:
    """Return the nodes, control planes first. A control plane has the label or the pod of an API
    server.

    A node without an address is not a machine: no kubelet has ever reported for it.
    """
    found = [_machine(node, objects) for node in objects.nodes if _addresses(node)]
    if not found:
        raise LabgenError("no node has an IPv4 address; the suite supports only IPv4 clusters")
    return tuple(sorted(found, key=lambda it: (it.role is not Role.CONTROL_PLANE, it.name)))


def places(objects: Objects, masters: tuple[Machine, ...]) -> Mapping[str, str]:
    """Return each control plane's API server as ADDRESS:PORT: its own flags, otherwise the
    defaults."""
    reported = {
        pod["spec"].get("nodeName", ""): pod["metadata"].get("annotations", {}).get(PLACE)
        for pod in _api_servers(objects)
    }
    return {m.name: reported.get(m.name) or f"{m.address}:{API_SERVER_PORT}" for m in masters}


def etcd(objects: Objects, places_: Mapping[str, str]) -> Etcd | Unknown:
    """Return etcd. kubeadm's configuration shows whether it is on the control planes."""
    if isinstance(objects.kubeadm, Unknown):
        return Unknown(f"the location of etcd cannot be determined: {objects.kubeadm.reason}")
    external = objects.kubeadm.get("etcd", {}).get("external")
    if not external:
        return stacked(place.rpartition(":")[0] for place in places_.values())
    endpoints = tuple(external["endpoints"])
    files = [external.get(key, "") for key in ("caFile", "certFile", "keyFile")]
    if not all(files):
        return Unknown("external etcd without certificates is not queried")
    authority, certificate, key = files
    return Etcd(endpoints, authority, certificate, key, stacked=False)


def service_subnet(objects: Objects) -> IPv4Network | Unknown:
    """Return the first IPv4 subnet of Services."""
    if isinstance(objects.kubeadm, Unknown):
        return Unknown(f"the service subnet cannot be determined: {objects.kubeadm.reason}")
    text = objects.kubeadm.get("networking", {}).get("serviceSubnet", "10.96.0.0/12")
    found = [word for word in text.split(",") if ":" not in word]
    return IPv4Network(found[0]) if found else Unknown("the service subnet is IPv6")


def version(objects: Objects) -> str | Unknown:
    if isinstance(objects.kubeadm, Unknown):
        return Unknown(f"the expected version cannot be determined: {objects.kubeadm.reason}")
    return str(objects.kubeadm["kubernetesVersion"])


def as_pods(objects: Objects) -> bool | Unknown:
    if _api_servers(objects):
        return True
    return Unknown("the API servers do not run as pods, so this is not a kubeadm control plane")


def _machine(node: dict[str, Any], objects: Objects) -> Machine:
    name, labels = node["metadata"]["name"], node["metadata"].get("labels", {})
    running = {pod["spec"].get("nodeName") for pod in _api_servers(objects)}
    master = LABEL in labels or OLD_LABEL in labels or name in running
    capacity = node["status"].get("capacity", {})
    return Machine(
        name=name,
        role=Role.CONTROL_PLANE if master else Role.WORKER,
        address=IPv4Address(_addresses(node)[0]),
        cpus=int(capacity.get("cpu", 0)),
        memory=_bytes(capacity.get("memory", "0")) // MIB,
        disk=_bytes(capacity.get("ephemeral-storage", "0")) // 1024**3,
    )


def _addresses(node: dict[str, Any]) -> list[str]:
    reported = node["status"].get("addresses", [])
    return [
        it["address"] for it in reported if it["type"] == "InternalIP" and ":" not in it["address"]
    ]


def _api_servers(objects: Objects) -> list[dict[str, Any]]:
    return [
        pod
        for pod in objects.pods
        if pod["metadata"].get("labels", {}).get("component") == "kube-apiserver"
    ]


def _bytes(quantity: str) -> int:
    unit = UNITS.get(quantity[-2:], 1)
    digits = quantity[:-2] if unit > 1 else quantity
    return int(digits) * unit if digits.isdigit() else 0
