"""If flannel makes the pod network, it connects every machine to all others."""

import json
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from acceptance.framework.clients import machines
from acceptance.framework.clients.machines import On
from acceptance.framework.cluster import Cluster, Network, known
from labgen.lab.lab import Machine

pytestmark = pytest.mark.smoke

BACKENDS = ("vxlan", "host-gw")
ANYWHERE = "192.0.2.1"  # a network for documentation (RFC 5737); only the route to it is used
VXLAN = "flannel.1"  # flannel's interface for VXLAN network identifier 1, its default
# bytes of the outer headers: IPv4 20, UDP 8, VXLAN 8, and Ethernet's own 14 (RFC 7348, section 5)
OVERHEAD = 50
# prints each kubelet's address and HTTP status; any status will do, 000 stands for no answer
ASK_KUBELETS = """
for target; do
  {
    url="https://$target:10250/healthz"
    status=$(curl -sk --noproxy '*' --max-time 5 -o /dev/null --write-out '%{http_code}' "$url")
    printf '%s %s\\n' "$target" "$status"
  } &
done
wait
"""


@pytest.fixture(scope="module")
def flannel(cluster: Cluster) -> Network:
    """Return the pod network if it is flannel's with a known backend; otherwise skip the test."""
    found = known(cluster.network)
    if found.plugin != "flannel":
        pytest.skip(f"CNI is {found.plugin}: flannel's interface and routes are not checked")
    if found.backend not in BACKENDS:
        pytest.skip(f"flannel's backend is {found.backend or 'unknown'}, not one of {BACKENDS}")
    return found


def test_flannel_interface_is_up_where_the_backend_has_one(
    flannel: Network, cluster: Cluster, on: On, machine: Machine
) -> None:
    """Check also that its MTU fits the path to the other machines."""
    host = on(machine.name)
    interface = host.interface(VXLAN)
    assert interface.exists == (flannel.backend == "vxlan")
    if interface.exists:
        [link] = json.loads(host.check_output("ip -j link show %s", VXLAN))
        assert "UP" in link["flags"]
        [way] = json.loads(host.check_output("ip -j route get %s", _other(cluster, machine)))
        [below] = json.loads(host.check_output("ip -j link show %s", way["dev"]))
        assert link["mtu"] + OVERHEAD <= below["mtu"]


def test_routes_lead_to_the_pods_of_every_other_node(
    flannel: Network,
    cluster: Cluster,
    on: On,
    nodes: dict[str, dict[str, Any]],
    machine: Machine,
) -> None:
    found = machines.routes(on(machine.name))
    for other in cluster.machines:
        if other == machine:
            continue
        route = found.get(nodes[other.name]["spec"]["podCIDR"])
        assert route, f"{machine.name} has no route to the pods of {other.name}"
        if flannel.backend == "vxlan":
            assert route["dev"] == VXLAN
        else:
            assert route["gateway"] == str(other.address)


@pytest.fixture(scope="module")
def inside(
    flannel: Network,
    cluster: Cluster,
    nodes: dict[str, dict[str, Any]],
    pods: list[dict[str, Any]],
) -> dict[str, str]:
    """Return each machine's own address in its pod network, if it has one."""
    found = {m.name: _place(flannel, m, nodes, pods) for m in cluster.machines}
    return {name: address for name, address in found.items() if address}


def test_machine_reaches_the_pod_networks_of_all_others(
    inside: dict[str, str], on: On, machine: Machine
) -> None:
    """Query the other machine's kubelet at that machine's address in its pod network: the packets
    take the path of the pods. A TLS handshake contains packets as large as the path must carry."""
    targets = {address: name for name, address in inside.items() if name != machine.name}
    words = " ".join(["%s"] * (len(targets) + 2))
    said = on(machine.name).check_output(f"sh -c {words}", ASK_KUBELETS, "ask", *targets)
    answers = dict(line.split() for line in said.splitlines())
    assert {
        targets[address] for address in targets if answers.get(address, "000") == "000"
    } == set()


def _other(cluster: Cluster, machine: Machine) -> str:
    """Return the address of another machine, or any address if there is none."""
    found = [str(other.address) for other in cluster.machines if other != machine]
    return (found or [ANYWHERE])[0]


def _place(
    flannel: Network,
    machine: Machine,
    nodes: dict[str, dict[str, Any]],
    pods: list[dict[str, Any]],
) -> str | None:
    """Return the machine's own address in its pod network; None if it has none.

    With vxlan it is that of flannel's interface, the network's first. With host-gw only the bridge
    has an address, the next one, once a pod has run there.
    """
    network = IPv4Network(nodes[machine.name]["spec"]["podCIDR"])
    if flannel.backend == "vxlan":
        return str(network.network_address)
    own = [pod for pod in pods if pod["spec"].get("nodeName") == machine.name]
    if any(IPv4Address(p["status"]["podIP"]) in network for p in own if "podIP" in p["status"]):
        return str(network.network_address + 1)
    return None
