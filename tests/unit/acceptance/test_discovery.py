"""A cluster that others built is described by what its API and its machines report."""

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest

from acceptance.framework.cluster import Cluster, Network, Unknown
from acceptance.framework.discovery import classify, control_plane, network, summary, vip
from acceptance.framework.discovery.inspect import Inspection
from acceptance.framework.discovery.objects import Objects
from labgen.inventory.model import Inventory
from labgen.machine.login import Unread
from labgen.scenario.model import Host
from tests.unit.acceptance.discovered import (
    EXTERNAL,
    KUBEADM,
    api_server,
    kube_vip,
    look,
    pod,
    site,
)

VIP = IPv4Address("192.168.0.244")
BALANCED = (
    "haproxy frontend api",
    "haproxy   bind *:8443",
    "haproxy   default_backend masters",
    "haproxy backend masters",
    "haproxy   server one 192.168.0.3:6443 check",
    "haproxy   server two 192.168.0.4:6443 check",
)


def hosts(*numbers: int) -> tuple[tuple[str, Host], ...]:
    return tuple(("", Host(IPv4Address(f"192.168.0.{number}"))) for number in numbers)


def found(
    objects: Objects,
    inspections: dict[int, Inspection | Unread],
    address: IPv4Address | Unknown = VIP,
) -> Cluster:
    """Return the cluster as discover.discover() assembles it."""
    inventory = Inventory(Path("site.yaml"), hosts(*inspections))
    seen = {f"192.168.0.{number}": it for number, it in inspections.items()}
    place = classify.endpoint(inventory, objects, "192.168.0.3:6443")
    by_node = classify.by_node(inventory, objects, seen)
    kept = vip.classify(place, address, classify.machines(objects), by_node, objects)
    return classify.classify(
        inventory, Path("admin.conf"), objects, seen, endpoint=place, kept=kept
    )


@pytest.mark.parametrize(
    ("plugin", "labels"),
    [
        ("calico", {"k8s-app": "calico-node"}),
        ("cilium", {"k8s-app": "cilium"}),
        ("weave", {"name": "weave-net"}),
        ("kindnet", {"app": "kindnet"}),
    ],
)
def test_network_plugin_is_told_by_the_pods_of_its_own_manifest(
    plugin: str, labels: dict[str, str]
) -> None:
    assert network.network(site(pod("agent-x", "rack3", labels))) == Network(plugin)


def test_unknown_network_plugin_is_not_guessed() -> None:
    seen = network.network(site(pod("ovn-x", "rack3", {"app": "ovnkube"})))
    assert isinstance(seen, Unknown)
    assert seen.reason.startswith("CNI is none of flannel, calico")


def test_machines_are_the_nodes_with_control_planes_first() -> None:
    seen = control_plane.machines(site())
    assert [machine.name for machine in seen] == ["rack3", "rack4", "rack5", "rack6"]
    assert (seen[0].role, seen[3].role) == ("control-plane", "worker")
    assert (seen[0].cpus, seen[0].memory) == (8, 15990)


def test_control_plane_without_its_label_is_told_by_its_api_server() -> None:
    objects = site(api_server("rack6", "192.168.0.6:6444"))
    seen = found(objects, {})
    assert [machine.name for machine in seen.control_planes] == ["rack3", "rack4", "rack5", "rack6"]
    assert seen.places["rack6"] == "192.168.0.6:6444"
    assert seen.places["rack3"] == "192.168.0.3:6443"


def test_configuration_of_kubeadm_is_what_it_is_measured_by() -> None:
    seen = found(site(), {})
    assert seen.endpoint == "k8s-api.example.org:6443"
    assert seen.version == "v1.33.4"
    assert seen.service_subnet == IPv4Network("10.112.0.0/12")
    assert seen.domain == "site.local"


def test_control_plane_that_is_no_pods_is_not_looked_for_as_such() -> None:
    assert isinstance(found(site(), {}).as_pods, Unknown)
    assert found(site(api_server("rack3", "192.168.0.3:6443")), {}).as_pods is True


def test_without_kubeadm_the_rest_is_found_all_the_same() -> None:
    seen = found(site(kubeadm=None), {})
    assert seen.endpoint == "192.168.0.3:6443"
    for it in (seen.version, seen.service_subnet, seen.etcd):
        assert isinstance(it, Unknown)
        assert "kubeadm did not make it" in it.reason


def test_external_etcd_is_asked_at_its_endpoints_with_the_api_servers_certificate() -> None:
    text = KUBEADM.replace("etcd:\n  local:\n    dataDir: /var/lib/etcd\n", EXTERNAL)
    etcd = found(site(kubeadm=text), {}).etcd
    assert not isinstance(etcd, Unknown)
    assert not etcd.stacked
    assert etcd.endpoints == ("https://192.168.0.21:2379", "https://192.168.0.22:2379")
    assert etcd.certificate == "/etc/kubernetes/pki/apiserver-etcd-client.crt"


def test_address_that_a_master_has_beside_its_own_is_the_vip() -> None:
    held = look(4, f"address ens192 {VIP}", f"keeps {VIP}", "service keepalived")
    seen = found(site(), {3: look(3, f"keeps {VIP}", "service keepalived"), 4: held, 5: look(5)})
    assert seen.vip == VIP
    assert seen.keepalived == frozenset({"rack3", "rack4"})


def test_keepalived_that_was_switched_off_on_one_machine_ought_to_run_there() -> None:
    on, off = look(3, f"keeps {VIP}", "service keepalived"), look(4, f"keeps {VIP}")
    assert found(site(), {3: on, 4: off, 5: look(5)}).keepalived == frozenset({"rack3", "rack4"})


def test_keepalived_that_is_no_service_anywhere_is_a_static_pod() -> None:
    inspections: dict[int, Inspection | Unread] = {
        number: look(number, f"keeps {VIP}") for number in (3, 4)
    }
    assert found(site(), inspections).keepalived == frozenset()


def test_kube_vip_keeps_the_address_that_its_pod_names() -> None:
    seen = found(site(kube_vip("rack3", str(VIP))), {})
    assert seen.vip == VIP
    assert isinstance(seen.keepalived, Unknown)
    assert "kube-vip manages the VIP" in seen.keepalived.reason


@pytest.mark.parametrize(
    ("looked", "address", "reason"),
    [
        ((3, 4, 5), VIP, "is on no control plane: it belongs to an external load balancer"),
        ((3,), VIP, "cannot be determined without an SSH login to each"),
        ((), IPv4Address("192.168.0.3"), "is rack3's own address"),
        ((), Unknown("no such name"), "no such name"),
    ],
    ids=["external balancer", "not all seen", "a master's own", "no address"],
)
def test_where_there_is_no_vip_it_is_said_why(
    looked: tuple[int, ...], address: Any, reason: str
) -> None:
    seen = found(site(), {number: look(number) for number in looked}, address).vip
    assert isinstance(seen, Unknown)
    assert reason in seen.reason


def test_haproxy_is_known_by_the_api_servers_in_it() -> None:
    text = KUBEADM.replace("k8s-api.example.org:6443", f"{VIP}:8443")
    socket = "haproxy   stats socket /run/haproxy/admin.sock mode 660"
    balanced = found(site(kubeadm=text), {3: look(3, socket, *BALANCED), 4: look(4)}).haproxy
    assert set(balanced) == {"rack3"}
    assert balanced["rack3"].servers == {"one", "two"}
    assert (balanced["rack3"].socket, balanced["rack3"].port) == ("/run/haproxy/admin.sock", 8443)


@pytest.mark.parametrize(
    ("place", "port"), [("*:8444", 8443), (f"{VIP}:8443", 0), ("192.168.0.3:8443", 8443)]
)
def test_haproxy_ought_to_be_where_clients_look_for_it(place: str, port: int) -> None:
    """Expect the right port if HAProxy listens on a wrong one, and no test if it listens only at
    the VIP."""
    text = KUBEADM.replace("k8s-api.example.org:6443", f"{VIP}:8443")
    lines = [line.replace("*:8443", place) for line in BALANCED]
    assert found(site(kubeadm=text), {3: look(3, *lines)}).haproxy["rack3"].port == port


def test_haproxy_beside_an_endpoint_without_it_is_looked_for_where_most_are() -> None:
    odd = [line.replace("8443", "8444") for line in BALANCED]
    inspections: dict[int, Inspection | Unread] = {
        3: look(3, *BALANCED),
        4: look(4, *BALANCED),
        5: look(5, *odd),
    }
    assert {it.port for it in found(site(), inspections).haproxy.values()} == {8443}


def test_host_that_is_no_node_ought_to_be_one() -> None:
    assert "192.168.0.9" in found(site(), {9: look(9)}).nodes


def test_machine_that_does_not_answer_is_named_with_the_reason() -> None:
    silent = Unread("nothing answers on SSH at 192.168.0.6: timed out", "switch it on", silent=True)
    seen = found(site(), {3: look(3), 6: silent})
    assert set(seen.logins) == {"rack3"}
    assert seen.unread == {"rack6": "nothing answers on SSH at 192.168.0.6: timed out"}
    assert "192.168.0.6" not in seen.nodes


def test_findings_are_lines_with_reasons_for_what_is_not_known() -> None:
    reported = summary.summary(found(site(), {3: look(3)}))
    assert reported[0] == (
        "found: control planes: rack3 192.168.0.3, rack4 192.168.0.4 (no login), "
        "rack5 192.168.0.5 (no login)"
    )
    assert "found: pod network: not known: CNI is none of flannel" in "\n".join(reported)
