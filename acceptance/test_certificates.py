"""The API's certificate names the VIP, and kubeconfigs point where they should."""

import socket
import ssl
from ipaddress import IPv4Address
from typing import Any

import pytest

from acceptance.support import kubeconfig
from acceptance.support.api import Api
from acceptance.support.machines import On
from labgen.lab import access
from labgen.lab.lab import Lab, Machine

pytestmark = pytest.mark.smoke

API_SERVER_PORT = 6443
DIRECTORY = "/etc/kubernetes"


def _names(context: ssl.SSLContext, lab: Lab, address: IPv4Address) -> set[str]:
    """What the certificate of the API server at address is good for; the CA is checked."""
    near = access.near(lab, address, API_SERVER_PORT)
    with (
        socket.create_connection((near, API_SERVER_PORT), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=str(address)) as connection,
    ):
        certificate: Any = connection.getpeercert()
    return {value for _, value in certificate["subjectAltName"]}


def _servers(on: On, machine: Machine, name: str) -> list[str]:
    return kubeconfig.servers(on(machine.name).file(f"{DIRECTORY}/{name}").content_string)


def test_certificate_of_the_api_server_holds_the_vip(lab: Lab, control_plane: Machine) -> None:
    """At its own address: behind the VIP another API server would answer for it. That the one
    there has a good certificate is what the whole suite stands on (support/reach.py)."""
    context = kubeconfig.credentials(lab.kubeconfig).anonymous()
    names = _names(context, lab, control_plane.address)
    assert {str(lab.vip), str(control_plane.address)} <= names


def test_users_kubeconfig_points_at_the_vip(lab: Lab) -> None:
    """Or at this host's end of the way there, where the lab is on another; the certificate has to
    be the VIP's in any case."""
    assert kubeconfig.servers(lab.kubeconfig.read_text()) == [lab.server]
    assert kubeconfig.credentials(lab.kubeconfig).name == str(lab.vip)


def test_administrators_kubeconfig_points_at_the_vip(
    lab: Lab, on: On, control_plane: Machine
) -> None:
    assert _servers(on, control_plane, "admin.conf") == [f"https://{lab.endpoint}"]


def test_workers_kubelet_points_at_the_vip(lab: Lab, on: On, worker: Machine) -> None:
    assert _servers(on, worker, "kubelet.conf") == [f"https://{lab.endpoint}"]


def test_control_planes_kubelet_points_at_the_vip_or_its_own_machine(
    lab: Lab, on: On, control_plane: Machine
) -> None:
    """kubeadm 1.37 gives a joining control plane's kubelet the API server beside it (its
    join/kubelet.go), so that it never speaks to an older one; the first one gets the VIP."""
    [server] = _servers(on, control_plane, "kubelet.conf")
    own = f"https://{control_plane.address}:{API_SERVER_PORT}"
    assert server in {f"https://{lab.endpoint}", own}


@pytest.mark.parametrize("program", ["controller-manager", "scheduler"])
def test_control_plane_program_points_at_its_own_machine(
    on: On, control_plane: Machine, program: str
) -> None:
    """Of these one at a time is the leader: each needs the API server beside it, no more."""
    own = f"https://{control_plane.address}:{API_SERVER_PORT}"
    assert _servers(on, control_plane, f"{program}.conf") == [own]


@pytest.mark.parametrize(
    ("namespace", "name", "key"),
    [
        ("kube-system", "kube-proxy", "kubeconfig.conf"),
        ("kube-public", "cluster-info", "kubeconfig"),
    ],
)
def test_kubeconfig_in_the_cluster_points_at_the_vip(
    lab: Lab, api: Api, namespace: str, name: str, key: str
) -> None:
    data = api.get(f"/api/v1/namespaces/{namespace}/configmaps/{name}")["data"]
    assert kubeconfig.servers(data[key]) == [f"https://{lab.endpoint}"]
