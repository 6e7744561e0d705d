"""The API's certificate contains the VIP, and kubeconfigs point at the right servers."""

from typing import Any

import pytest

from acceptance.framework.clients import kubeconfig, served_certificate
from acceptance.framework.clients.api import Api
from acceptance.framework.clients.machines import LocalEndpoint, On
from acceptance.framework.cluster import Cluster
from labgen.lab.lab import Lab, Machine

pytestmark = pytest.mark.smoke

DAY = 86400.0  # seconds
SOON = 14 * DAY
DIRECTORY = "/etc/kubernetes"


def _servers(cluster: Cluster, on: On, machine: Machine, name: str) -> list[str]:
    file = on(machine.name).file(f"{DIRECTORY}/{name}")
    if cluster.skew and not file.exists:
        pytest.skip(f"{machine.name} has no {DIRECTORY}/{name}")
    return kubeconfig.servers(file.content_string)


def test_certificate_of_the_api_server_holds_the_vip(
    cluster: Cluster, local_endpoint: LocalEndpoint, control_plane: Machine
) -> None:
    """Query each API server at its own address, because behind the VIP another one might answer.
    The entire suite depends on a valid certificate there (framework/preconditions.py)."""
    names, _ = served_certificate.certificate(cluster, local_endpoint, control_plane)
    address = cluster.places[control_plane.name].rpartition(":")[0]
    assert {cluster.host, address} <= names


def test_certificate_of_the_api_server_is_good_for_two_more_weeks(
    cluster: Cluster, local_endpoint: LocalEndpoint, control_plane: Machine
) -> None:
    """Check the remaining validity. kubeadm's certificates are valid for a year and are not renewed
    automatically: kubeadm certs renew."""
    _, seconds = served_certificate.certificate(cluster, local_endpoint, control_plane)
    assert seconds > SOON, f"it ends in {seconds / DAY:.1f} days"


def test_users_kubeconfig_points_at_the_vip(lab: Lab) -> None:
    """Accept also the local end of the path to a lab on another host; the certificate must be for
    the VIP in any case."""
    assert kubeconfig.servers(lab.kubeconfig.read_text()) == [lab.server]
    assert kubeconfig.credentials(lab.kubeconfig).name == str(lab.vip)


def test_administrators_kubeconfig_points_at_the_vip(
    cluster: Cluster, on: On, control_plane: Machine
) -> None:
    assert _servers(cluster, on, control_plane, "admin.conf") == [f"https://{cluster.endpoint}"]


def test_workers_kubelet_points_at_the_vip(cluster: Cluster, on: On, worker: Machine) -> None:
    assert _servers(cluster, on, worker, "kubelet.conf") == [f"https://{cluster.endpoint}"]


def test_control_planes_kubelet_points_at_the_vip_or_its_own_machine(
    cluster: Cluster, on: On, control_plane: Machine
) -> None:
    """Accept both. kubeadm 1.37 configures a joining control plane's kubelet with the API server on
    its own machine (join/kubelet.go), so that the kubelet never uses an older one; the first
    kubelet gets the VIP."""
    [server] = _servers(cluster, on, control_plane, "kubelet.conf")
    own = f"https://{cluster.places[control_plane.name]}"
    assert server in {f"https://{cluster.endpoint}", own}


@pytest.mark.parametrize("program", ["controller-manager", "scheduler"])
def test_control_plane_program_points_at_its_own_machine(
    cluster: Cluster, on: On, control_plane: Machine, program: str
) -> None:
    """Check both programs. Only one of each leads at a time, so each needs only the API server on
    its own machine."""
    own = f"https://{cluster.places[control_plane.name]}"
    assert _servers(cluster, on, control_plane, f"{program}.conf") == [own]


@pytest.mark.parametrize(
    ("namespace", "name", "key"),
    [
        ("kube-system", "kube-proxy", "kubeconfig.conf"),
        ("kube-public", "cluster-info", "kubeconfig"),
    ],
)
def test_kubeconfig_in_the_cluster_points_at_the_vip(
    cluster: Cluster, api: Api, namespace: str, name: str, key: str
) -> None:
    kept = [it for it in api.items(f"/api/v1/namespaces/{namespace}/configmaps") if _is(it, name)]
    if not kept and cluster.skew:
        pytest.skip(f"the cluster has no ConfigMap {name}, which kubeadm creates")
    [data] = (it["data"] for it in kept)
    assert kubeconfig.servers(data[key]) == [f"https://{cluster.endpoint}"]


def _is(found: dict[str, Any], name: str) -> bool:
    return bool(found["metadata"]["name"] == name)
