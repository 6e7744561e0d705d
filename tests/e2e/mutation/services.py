"""Services at addresses outside of the planned range, or that a machine does not reach."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from acceptance.framework.workloads import namespaces
from acceptance.framework.workloads.workload import NAME, SERVICE_PORT, ready
from tests.e2e.mutation.certificates import reissued
from tests.e2e.mutation.cluster_editor import ClusterEditor, edited, firewall
from tests.e2e.mutation.control_plane import MANIFESTS
from tests.e2e.mutation.load_balancer import until_all_up
from tests.e2e.mutation.mutation import Mutation, of, only

FILE = "test_services.py"
RANGES = "/apis/networking.k8s.io/v1/servicecidrs"
UNPLANNED = "10.200.0.0/24"
RUN = "unplanned"  # the id of the suite's run
FIRST, OTHER = "10.200.0.1", "10.200.0.2"
DEFAULT = "/api/v1/namespaces/default/services"
API_SLICE = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"


@contextmanager
def second_range(editor: ClusterEditor) -> Iterator[None]:
    """Add a range of Service addresses that the scenario does not have.

    Kubernetes takes ten seconds to release an address; only the next user of it has to wait for
    that.
    """
    name = "labgen-mutation"
    manifest = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "ServiceCIDR",
        "metadata": {"name": name},
        "spec": {"cidrs": [UNPLANNED]},
    }
    editor.until("the end of an earlier range", lambda: not _has_range(editor, name))
    try:
        editor.api.send("POST", RANGES, manifest)
        yield
    finally:
        editor.remove(f"{RANGES}/{name}")


@contextmanager
def moved_api(editor: ClusterEditor) -> Iterator[None]:
    """Move the API's Service to another address, with certificates that are valid for it, so that
    nothing else is wrong."""
    path = f"{DEFAULT}/kubernetes"
    good = editor.api.get(path)["spec"]["clusterIP"]
    try:
        with (
            second_range(editor),
            reissued(editor, editor.masters, f"s/IP:{good}/&, IP:{FIRST}/"),
        ):
            editor.until("the API's Service elsewhere", lambda: _moved(editor, FIRST))
            try:
                yield
            finally:
                editor.until("the API's Service back", lambda: _moved(editor, good))
    finally:
        editor.until("the Service's rules", lambda: _answers(editor, good))


@contextmanager
def copied_manifest(editor: ClusterEditor) -> Iterator[None]:
    """Copy the manifest. Two API servers then have one address, and none has the other."""
    own, first = (str(machine.address) for machine in (editor.last, editor.masters[0]))
    manifest = f"{MANIFESTS}/kube-apiserver.yaml"
    change = rf"s/(--advertise-address=){own}/\1{first}/"
    with edited(editor, [editor.last], manifest, change):
        editor.until("an API server without a place", lambda: own not in _places(editor))
        editor.until("the API server", lambda: _advertises(editor, first))
        until_all_up(editor)
        editor.until_ready(editor.last)  # its scheduler too, which asks that API server
        yield
    editor.until("a place for every API server", lambda: own in _places(editor))
    editor.until("the API server", lambda: _advertises(editor, own))
    until_all_up(editor)
    editor.until_ready(editor.last)


@contextmanager
def closed_api(editor: ClusterEditor) -> Iterator[None]:
    address = editor.api.get(f"{DEFAULT}/kubernetes")["spec"]["clusterIP"]
    rule = f"ip daddr {address} tcp dport 443 reject with tcp reset"
    with firewall(editor, [editor.worker], "output", rule):
        yield


@contextmanager
def unplanned_address(editor: ClusterEditor) -> Iterator[None]:
    """Give the address to the suite's own Service, as if the run had created it: a Service keeps
    its address."""
    namespace = namespaces.of_run(RUN)
    path = f"/api/v1/namespaces/{namespace}"
    ports = [{"port": SERVICE_PORT}]
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": NAME},
        "spec": {"clusterIP": OTHER, "selector": {"app": NAME}, "ports": ports},
    }
    with second_range(editor):
        try:
            editor.until(
                "a namespace", lambda: namespaces.make(editor.api, RUN, namespace) == "Active"
            )
            editor.until("a Service", lambda: editor.api.send("POST", f"{path}/services", service))
            yield
        finally:
            namespaces.remove(editor.api, namespace)


@contextmanager
def closed_services(editor: ClusterEditor) -> Iterator[None]:
    # no refusal: curl would ask again
    rule = f"tcp dport {SERVICE_PORT} reject with icmp type admin-prohibited"
    with firewall(editor, [editor.worker], "output", rule):
        yield


def _moved(editor: ClusterEditor, address: str) -> bool:
    """Move the API's Service to that address. API servers that find no Service create it at the
    first address of their own range, so this may take several attempts."""
    path = f"{DEFAULT}/kubernetes"
    found: dict[str, Any] = editor.api.get(path)
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
    editor.remove(path)
    editor.api.send("POST", DEFAULT, manifest)
    return True


def _has_range(editor: ClusterEditor, name: str) -> bool:
    return any(found["metadata"]["name"] == name for found in editor.api.items(RANGES))


def _answers(editor: ClusterEditor, address: str) -> bool:
    editor.on_each(editor.lab.machines, f"curl -ksS --max-time 2 https://{address}/readyz")
    return True


def _advertises(editor: ClusterEditor, address: str) -> bool:
    """Return whether the last control plane's API server was started with that address, and is
    ready."""
    pod = editor.api.get(f"/api/v1/namespaces/kube-system/pods/kube-apiserver-{editor.last.name}")
    command = pod["spec"]["containers"][0]["command"]
    return f"--advertise-address={address}" in command and ready(pod)


def _places(editor: ClusterEditor) -> list[str]:
    return [
        address
        for endpoint in editor.api.get(API_SLICE)["endpoints"]
        for address in endpoint["addresses"]
    ]


MUTATIONS = (
    Mutation(
        "moved-api",
        of(FILE, "test_service_of_the_api_has_an_address_of_the_service_subnet"),
        promise="The API's Service has an address of the scenario's Service subnet.",
        done="The Service has an address of another range; the certificates are valid for it.",
        doing=moved_api,
    ),
    Mutation(
        "copied-manifest",
        of(FILE, "test_service_of_the_api_leads_to_every_api_server"),
        promise="The API's Service has every API server as an endpoint.",
        done="The last control plane's API server advertises the address of the first one, as "
        "after copying its manifest.",
        doing=copied_manifest,
        slow=True,
    ),
    Mutation(
        "closed-api",
        of(FILE, "test_service_of_the_api_is_reached_from_the_node"),
        promise="Every machine reaches the API's Service.",
        done="One worker's firewall rejects packets to that Service.",
        doing=closed_api,
    ),
    Mutation(
        "unplanned-address",
        of(FILE, "test_service_has_an_address_of_the_service_subnet"),
        promise="Services get addresses of the scenario's Service subnet.",
        done="The cluster has a second range, and a Service gets its address from that one.",
        doing=unplanned_address,
        run=(*only(FILE), f"--run-id={RUN}"),
    ),
    Mutation(
        "closed-services",
        of(FILE, "test_service_is_reached_from_the_node"),
        promise="Every machine reaches a Service's pods.",
        done="One worker's firewall rejects packets to the Service's port.",
        doing=closed_services,
        run=only(FILE),
    ),
)
