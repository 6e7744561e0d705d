"""Services at addresses that nobody planned, or that a machine does not reach."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from acceptance.framework.workloads import namespaces
from acceptance.framework.workloads.workload import NAME, NAMESPACE, SERVICE_PORT, ready
from tests.e2e.mutation.certificates import reissued
from tests.e2e.mutation.cluster_editor import Hands, edited, firewall
from tests.e2e.mutation.control_plane import MANIFESTS
from tests.e2e.mutation.load_balancer import until_all_up
from tests.e2e.mutation.mutation import Sabotage, of, only

FILE = "test_services.py"
RANGES = "/apis/networking.k8s.io/v1/servicecidrs"
UNPLANNED = "10.200.0.0/24"
FIRST, OTHER = "10.200.0.1", "10.200.0.2"
DEFAULT = "/api/v1/namespaces/default/services"
API_SLICE = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"


@contextmanager
def second_range(hands: Hands) -> Iterator[None]:
    """Service addresses from a network that the scenario does not have.

    Kubernetes takes ten seconds to let go of one, which only the next has to wait for.
    """
    name = "labgen-teeth"
    manifest = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "ServiceCIDR",
        "metadata": {"name": name},
        "spec": {"cidrs": [UNPLANNED]},
    }
    hands.until("the end of an earlier range", lambda: not _has_range(hands, name))
    try:
        hands.api.send("POST", RANGES, manifest)
        yield
    finally:
        hands.remove(f"{RANGES}/{name}")


@contextmanager
def moved_api(hands: Hands) -> Iterator[None]:
    """With certificates that are good for the new address: all is as if it had been meant so."""
    path = f"{DEFAULT}/kubernetes"
    good = hands.api.get(path)["spec"]["clusterIP"]
    try:
        with (
            second_range(hands),
            reissued(hands, hands.masters, f"s/IP:{good}/&, IP:{FIRST}/"),
        ):
            hands.until("the API's Service elsewhere", lambda: _moved(hands, FIRST))
            try:
                yield
            finally:
                hands.until("the API's Service back", lambda: _moved(hands, good))
    finally:
        hands.until("the Service's rules", lambda: _answers(hands, good))


@contextmanager
def copied_manifest(hands: Hands) -> Iterator[None]:
    """Two API servers then stand for one address, and nobody for the other."""
    own, first = (str(machine.address) for machine in (hands.last, hands.masters[0]))
    manifest = f"{MANIFESTS}/kube-apiserver.yaml"
    change = rf"s/(--advertise-address=){own}/\1{first}/"
    with edited(hands, [hands.last], manifest, change):
        hands.until("an API server without a place", lambda: own not in _places(hands))
        hands.until("the API server", lambda: _advertises(hands, first))
        until_all_up(hands)
        hands.until_ready(hands.last)  # its scheduler too, which asks that API server
        yield
    hands.until("a place for every API server", lambda: own in _places(hands))
    hands.until("the API server", lambda: _advertises(hands, own))
    until_all_up(hands)
    hands.until_ready(hands.last)


@contextmanager
def closed_api(hands: Hands) -> Iterator[None]:
    address = hands.api.get(f"{DEFAULT}/kubernetes")["spec"]["clusterIP"]
    rule = f"ip daddr {address} tcp dport 443 reject with tcp reset"
    with firewall(hands, [hands.worker], "output", rule):
        yield


@contextmanager
def unplanned_address(hands: Hands) -> Iterator[None]:
    """The suite's own Service, left by an earlier run: a Service keeps the address it has."""
    path = f"/api/v1/namespaces/{NAMESPACE}"
    ports = [{"port": SERVICE_PORT}]
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": NAME},
        "spec": {"clusterIP": OTHER, "selector": {"app": NAME}, "ports": ports},
    }
    with second_range(hands):
        try:
            hands.until("a namespace", lambda: namespaces.make(hands.api, NAMESPACE) == "Active")
            hands.until("a Service", lambda: hands.api.send("POST", f"{path}/services", service))
            yield
        finally:
            namespaces.remove(hands.api, NAMESPACE)


@contextmanager
def closed_services(hands: Hands) -> Iterator[None]:
    # no refusal: curl would ask again
    rule = f"tcp dport {SERVICE_PORT} reject with icmp type admin-prohibited"
    with firewall(hands, [hands.worker], "output", rule):
        yield


def _moved(hands: Hands, address: str) -> bool:
    """Have the API's Service at that address; API servers that miss it make it themselves, at the
    first address of their own range, so it may take several attempts."""
    path = f"{DEFAULT}/kubernetes"
    found: dict[str, Any] = hands.api.get(path)
    if found["spec"]["clusterIP"] == address:
        return True
    ports = [{"name": "https", "port": 443, "targetPort": 6443}]
    labels = {"component": "apiserver", "provider": "kubernetes"}
    manifest = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "kubernetes", "labels": labels},
        "spec": {"clusterIP": address, "ports": ports},
    }
    hands.remove(path)
    hands.api.send("POST", DEFAULT, manifest)
    return True


def _has_range(hands: Hands, name: str) -> bool:
    return any(found["metadata"]["name"] == name for found in hands.api.items(RANGES))


def _answers(hands: Hands, address: str) -> bool:
    hands.on_each(hands.lab.machines, f"curl -ksS --max-time 2 https://{address}/readyz")
    return True


def _advertises(hands: Hands, address: str) -> bool:
    """Whether the last master's API server was started with that address, and is ready."""
    pod = hands.api.get(f"/api/v1/namespaces/kube-system/pods/kube-apiserver-{hands.last.name}")
    command = pod["spec"]["containers"][0]["command"]
    return f"--advertise-address={address}" in command and ready(pod)


def _places(hands: Hands) -> list[str]:
    return [
        address
        for endpoint in hands.api.get(API_SLICE)["endpoints"]
        for address in endpoint["addresses"]
    ]


SABOTAGES = (
    Sabotage(
        "moved-api",
        of(FILE, "test_service_of_the_api_has_an_address_of_the_service_subnet"),
        promise="The API's Service has an address of the scenario's Service subnet.",
        done="It has one of another range, and certificates that are good for it.",
        doing=moved_api,
    ),
    Sabotage(
        "copied-manifest",
        of(FILE, "test_service_of_the_api_leads_to_every_api_server"),
        promise="The API's Service leads to every API server.",
        done="The last master's API server advertises the first one's address, as after copying "
        "its manifest.",
        doing=copied_manifest,
        slow=True,
    ),
    Sabotage(
        "closed-api",
        of(FILE, "test_service_of_the_api_is_reached_from_the_node"),
        promise="Every machine reaches the API's Service.",
        done="One worker's firewall refuses what it sends there.",
        doing=closed_api,
    ),
    Sabotage(
        "unplanned-address",
        of(FILE, "test_service_has_an_address_of_the_service_subnet"),
        promise="Services get addresses of the scenario's Service subnet.",
        done="The cluster was given a second range, and a Service has its address from there.",
        doing=unplanned_address,
        run=only(FILE),
    ),
    Sabotage(
        "closed-services",
        of(FILE, "test_service_is_reached_from_the_node"),
        promise="Every machine reaches a Service's pods.",
        done="One worker's firewall refuses what it sends to the Service's port.",
        doing=closed_services,
        run=only(FILE),
    ),
)
