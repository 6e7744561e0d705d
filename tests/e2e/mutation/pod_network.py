"""Pods that do not reach each other, or have the wrong addresses."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.mutation.cluster_editor import ClusterEditor, edited, shell
from tests.e2e.mutation.flannel import VXLAN
from tests.e2e.mutation.mutation import Mutation, of, only

FILE = "test_pod_network.py"
SUBNET = "/run/flannel/subnet.env"
UNASSIGNED = "10.244.200"  # no node has this part of the pods' network


@contextmanager
def no_forwarding(editor: ClusterEditor) -> Iterator[None]:
    """Turn forwarding off on one interface: CNI turns the setting for all on again with every
    pod."""
    machine, switch = editor.without_dns()[0], f"net.ipv4.conf.{VXLAN.replace('.', '/')}.forwarding"
    off, on = (f"sysctl --quiet {switch}={value}" for value in (0, 1))
    with shell(editor, [machine], off, on):
        yield


@contextmanager
def stray_range(editor: ClusterEditor) -> Iterator[None]:
    """Move the pods to another range. The other machines get routes to it, so only the address is
    wrong.

    Without pods the bridge may go; CNI makes it anew with the first pod.
    """
    machine = editor.without_dns()[0]
    others = [other for other in editor.lab.machines if other != machine]
    network = editor.node(machine)["spec"]["podCIDR"]
    driver = f"via {network.partition('/')[0]} dev {VXLAN} onlink"
    no_bridge = "if [ -e /sys/class/net/cni0 ]; then ip link delete cni0; fi"
    wrong = rf"s/(FLANNEL_SUBNET=)[0-9.]+/\1{UNASSIGNED}.1/"
    there, gone = (f"ip route {verb} {UNASSIGNED}.0/24" for verb in ("replace", "delete"))
    with (
        shell(editor, others, f"{there} {driver}", f"{gone} || true"),
        edited(editor, [machine], SUBNET, wrong, then=no_bridge),
    ):
        yield


MUTATIONS = (
    Mutation(
        "no-forwarding",
        of(FILE, "test_pod_reaches_pod"),
        promise="Every pod reaches every other, whichever machines they run on.",
        done="Forwarding is off at one worker's flannel interface: the worker reaches all others, "
        "its pods do not.",
        doing=no_forwarding,
        run=only(FILE),
    ),
    Mutation(
        "unassigned-range",
        of(FILE, "test_pod_has_an_address_of_its_nodes_range"),
        promise="A pod has an address of its node's range.",
        done="One worker's CNI plugin assigns addresses from a range that no node has. The other "
        "machines have routes to that range.",
        doing=stray_range,
        run=only(FILE),
    ),
)
