"""Services of every type that users can request (ClusterIP: see test_services)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address
from typing import Any

import pytest

from acceptance.framework.clients import dns, kube_proxy, web
from acceptance.framework.clients.api import Api
from acceptance.framework.clients.machines import On
from acceptance.framework.cluster import DOMAIN
from acceptance.framework.workloads import manifests, rollout
from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.system.wait import NotYet, until

pytestmark = pytest.mark.full

DNS = "/api/v1/namespaces/kube-system/services/kube-dns"
ASSIGNED = 5.0  # seconds in which a load-balancer controller would have given an address
Record = Callable[[str, object], None]


@dataclass(frozen=True)
class Web:
    """Two web servers: the namespace, and their addresses by pod name."""

    namespace: str
    pods: dict[str, str]

    def domain(self, service: str) -> str:
        return f"{service}.{self.namespace}.svc.{DOMAIN}"


@pytest.fixture(scope="module")
def servers(lab: Lab, api: Api, own_namespace: str) -> Web:
    rollout.apply(api, own_namespace, manifests.deployment(manifests.web_image(lab), replicas=2))
    pods = rollout.await_rolled(api, own_namespace, "web")
    return Web(own_namespace, {p["metadata"]["name"]: p["status"]["podIP"] for p in pods})


@pytest.fixture(scope="module")
def node_port(api: Api, servers: Web) -> int:
    made = rollout.apply(api, servers.namespace, manifests.service("outside", type="NodePort"))
    return _node_port(made)


def test_node_port_is_reached_on_every_machine_from_outside(
    lab: Lab, machine: Machine, servers: Web, node_port: int
) -> None:
    address = access.local_endpoint(lab, machine.address, node_port)
    until(
        partial(_answers, address, node_port, servers),
        what=f"a web server's answer at {address}:{node_port}",
        timeout=kube_proxy.NEW_SERVICE,
    )


def test_headless_service_is_the_name_of_all_its_pods(
    lab: Lab, on: On, api: Api, servers: Web
) -> None:
    rollout.apply(api, servers.namespace, manifests.service("headless", clusterIP="None"))
    found = _settled(lab, on, api, servers.domain("headless"), set(servers.pods.values()))
    assert found.aliases == ()


def test_external_name_is_an_alias(lab: Lab, on: On, api: Api, servers: Web) -> None:
    """Use another Service as the target, because a lab resolves no external names."""
    inside = rollout.apply(api, servers.namespace, manifests.service("inside"))
    target = servers.domain("inside")
    alias = {"type": "ExternalName", "externalName": target}
    rollout.apply(api, servers.namespace, manifests.service("alias", **alias))
    found = _settled(lab, on, api, servers.domain("alias"), {inside["spec"]["clusterIP"]})
    assert found.aliases == (target,)


def test_load_balancer_has_an_address_or_is_known_to_have_none(
    lab: Lab, api: Api, servers: Web, record_property: Record
) -> None:
    """Accept a pending Service with a working node port, because kubeadm installs no controller for
    addresses."""
    made = rollout.apply(api, servers.namespace, manifests.service("given", type="LoadBalancer"))
    path = f"/api/v1/namespaces/{servers.namespace}/services/given"
    try:
        address = until(lambda: _given(api, path), what="an address", timeout=ASSIGNED)
    except LabgenError:
        said = "stays pending: no load-balancer controller is here; its node port works"
        port = _node_port(made)
        address = access.local_endpoint(lab, lab.machines[-1].address, port)
    else:
        said, port = f"has the address {address}", 80
        address = access.local_endpoint(lab, IPv4Address(address), port) if lab.jump else address
    record_property("Service of type LoadBalancer", said)
    until(
        partial(_answers, address, port, servers),
        what=f"a web server's answer at {address}:{port}",
        timeout=kube_proxy.NEW_SERVICE,
    )


def _answers(address: str, port: int, servers: Web) -> None:
    try:
        heard = web.get(address, port)
    except web.FAILURES as error:
        raise NotYet(str(error)) from error
    assert heard in servers.pods


def _settled(lab: Lab, on: On, api: Api, name: str, addresses: set[str]) -> dns.Found:
    """Return what the name resolves to, once it has these addresses."""
    server = api.get(DNS)["spec"]["clusterIP"]

    def look() -> dns.Found:
        try:
            found = dns.ask(on(lab.machines[-1].name), server, name)
        except AssertionError as error:
            raise NotYet(str(error)) from error
        if found.addresses != addresses:
            raise NotYet(str(found))
        return found

    return until(
        look, what=f"{name} having the addresses {addresses}", timeout=kube_proxy.NEW_SERVICE
    )


def _given(api: Api, path: str) -> str:
    """Return the address that a controller assigned to the Service."""
    given = api.get(path)["status"]["loadBalancer"].get("ingress", [])
    if not given:
        raise NotYet("pending")
    return str(given[0].get("ip") or given[0]["hostname"])


def _node_port(service: dict[str, Any]) -> int:
    return int(service["spec"]["ports"][0]["nodePort"])
