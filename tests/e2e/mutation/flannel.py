"""Routes between the machines' pod networks that are closed, or do not belong to flannel."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.mutation.cluster_editor import NODES, ClusterEditor, firewall, patched, shell
from tests.e2e.mutation.mutation import Mutation, of

FILE = "test_flannel.py"
VXLAN = "flannel.1"
VLAN = 4  # bytes of a tag (IEEE 802.1Q)
PORT = 8472  # UDP, of Linux' VXLAN and flannel's
TAINT = {"key": "labgen.test/maintenance", "effect": "NoExecute"}


@contextmanager
def taint(editor: ClusterEditor) -> Iterator[None]:
    """Add a NoExecute taint: flannel's pod tolerates only NoSchedule."""
    machine = editor.without_dns()[0]

    def flannel_pods() -> int:
        found = [pod["metadata"].get("labels", {}) for pod in editor.pods(machine)]
        return sum(labels.get("app") == "flannel" for labels in found)

    change, back = ({"spec": {"taints": taints}} for taints in ([TAINT], None))
    try:
        with patched(editor, f"{NODES}/{machine.name}", change, back):
            editor.until("flannel's pod being gone", lambda: not flannel_pods())
            yield
    finally:
        editor.until("flannel's pod being back", flannel_pods)
        editor.until_ready(machine)


@contextmanager
def wrong_mtu(editor: ClusterEditor) -> Iterator[None]:
    """Lower the MTU by four bytes. Receivers still accept packets that are too long."""
    machine, change = editor.worker, "ip link set eth0 mtu"
    mtu = int(editor.on(machine, "cat /sys/class/net/eth0/mtu"))
    with shell(editor, [machine], f"{change} {mtu - VLAN}", f"{change} {mtu}"):
        yield


@contextmanager
def foreign_route(editor: ClusterEditor) -> Iterator[None]:
    """Add a route that bypasses flannel. The kubelet there still answers, because it listens on all
    its addresses."""
    machine, other = editor.without_dns()[:2]
    network = editor.node(other)["spec"]["podCIDR"]
    good = f"ip route replace {network} via {network.partition('/')[0]} dev {VXLAN} onlink"
    bad = f"ip route replace {network} via {other.address}"
    with shell(editor, [machine], bad, good):
        yield


@contextmanager
def closed_tunnel(editor: ClusterEditor) -> Iterator[None]:
    machine, other = editor.without_dns()[:2]
    rule = f"ip saddr {other.address} udp dport {PORT} drop"
    with firewall(editor, [machine], "input", rule):
        yield


MUTATIONS = (
    Mutation(
        "taint",
        of("test_network_plugin.py", "test_pod_of_the_network_plugin_is_ready"),
        promise="The pod network's plugin runs on every machine.",
        done="One worker has a NoExecute taint, which flannel's pod does not tolerate.",
        doing=taint,
    ),
    Mutation(
        "wrong-mtu",
        of(FILE, "test_flannel_interface_is_up_where_the_backend_has_one"),
        promise="flannel's interface is up, and its MTU fits the network below.",
        done="One worker's network card was set to a smaller MTU, for a VLAN's tag.",
        doing=wrong_mtu,
    ),
    Mutation(
        "foreign-route",
        of(FILE, "test_routes_lead_to_the_pods_of_every_other_node"),
        promise="Every machine's routes to the others' pods are those of flannel's backend.",
        done="One worker has a static route to another worker's pods that bypasses flannel's "
        "interface.",
        doing=foreign_route,
    ),
    Mutation(
        "closed-tunnel",
        of(FILE, "test_machine_reaches_the_pod_networks_of_all_others"),
        promise="Every machine reaches every other machine's pod network.",
        done="A firewall on one worker drops VXLAN from another one.",
        doing=closed_tunnel,
    ),
)
