"""Nodes that differ from the lab's machines."""

from collections.abc import Iterator
from contextlib import contextmanager

from acceptance.framework.workloads.workload import ready
from tests.e2e.mutation.cluster_editor import KEPT, NODES, ClusterEditor, edited, patched, shell
from tests.e2e.mutation.mutation import Mutation, of

FILE = "test_nodes.py"
ROLE = "node-role.kubernetes.io/control-plane"
CNI = "/etc/cni/net.d"
FLAGS = "/var/lib/kubelet/kubeadm-flags.env"
ELSEWHERE = "192.0.2.7"  # a network for documentation (RFC 5737): nobody is there
CARD = "labgen-mutation"


@contextmanager
def stale_node(editor: ClusterEditor) -> Iterator[None]:
    """Create a Node without labels, so that no DaemonSet wants a pod there."""
    path = f"{NODES}/gone"
    manifest = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "gone"}}
    try:
        editor.api.send("POST", NODES, manifest)
        yield
    finally:
        editor.remove(path)


@contextmanager
def no_cni(editor: ClusterEditor) -> Iterator[None]:
    """Remove CNI's configuration. The controller manager then also regards the node's pods as not
    ready, until its kubelet, which still runs, reports otherwise."""
    machine = editor.without_dns()[0]
    # copied, not moved: containerd's watch takes no notice of a file until it is written
    back = f"if [ -d {KEPT}/cni ]; then cp {KEPT}/cni/* {CNI}; rm -r {KEPT}/cni; fi"

    def seen() -> bool:
        return not ready(editor.node(machine)) and all(ready(pod) for pod in editor.pods(machine))

    try:
        editor.on(machine, f"mkdir -p {KEPT}/cni", f"mv {CNI}/* {KEPT}/cni")
        editor.until(f"{machine.name} not ready, its pods ready", seen)
        yield
    finally:
        editor.on(machine, back)
        editor.until_ready(machine)


@contextmanager
def other_kubelet(editor: ClusterEditor) -> Iterator[None]:
    """Replace the kubelet by the same program that reports another version."""
    machine = editor.worker
    version = editor.lab.scenario.kubernetes.version
    kept = f"{KEPT}/kubelet"

    def tells(other: str) -> bool:
        return bool(editor.node(machine)["status"]["nodeInfo"]["kubeletVersion"] == other)

    try:
        editor.on(
            machine,
            "kubelet=$(readlink -f $(command -v kubelet))",
            f"mkdir -p {KEPT}; mv $kubelet {kept}",
            f"sed 's/{version}/{older(version)}/g' {kept} >$kubelet; chmod 755 $kubelet",
            "systemctl restart kubelet",
        )
        editor.until("the other kubelet's version", lambda: tells(older(version)))
        editor.until_ready(machine)
        yield
    finally:
        back = "mv {} $(readlink -f $(command -v kubelet)); systemctl restart kubelet"
        editor.on(machine, f"if [ -e {kept} ]; then {back.format(kept)}; fi")
        editor.until("the first kubelet's version", lambda: tells(version))
        editor.until_ready(machine)


def older(version: str) -> str:
    """Return another version of the same length, which can replace this one within a binary."""
    return version[:-1] + ("1" if version[-1] != "1" else "0")


@contextmanager
def other_address(editor: ClusterEditor) -> Iterator[None]:
    machine = editor.worker
    card = f"ip link add {CARD} type bridge; ip address add {ELSEWHERE}/32 dev {CARD}"
    gone = f"ip link delete {CARD} || true"

    def tells(address: str) -> bool:
        addresses = editor.node(machine)["status"]["addresses"]
        return any(entry["address"] == address for entry in addresses)

    own = str(machine.address)
    restart = "systemctl restart kubelet"
    try:
        with (
            shell(editor, [machine], card, gone),
            edited(editor, [machine], FLAGS, f"s/{own}/{ELSEWHERE}/", then=restart),
        ):
            editor.until("the other address", lambda: tells(ELSEWHERE))
            editor.until_ready(machine)
            yield
    finally:
        editor.until("the machine's own address", lambda: tells(own))
        editor.until_ready(machine)


@contextmanager
def no_role(editor: ClusterEditor) -> Iterator[None]:
    path = f"{NODES}/{editor.last.name}"
    with patched(editor, path, _labels(None), _labels("")):
        yield


def _labels(role: str | None) -> dict[str, object]:
    return {"metadata": {"labels": {ROLE: role}}}


MUTATIONS = (
    Mutation(
        "stale-node",
        of(FILE, "test_nodes_are_the_machines_of_the_lab"),
        promise="The cluster's nodes are the lab's machines, no more and no fewer.",
        done="The Node of a machine that no longer exists was never deleted.",
        doing=stale_node,
    ),
    Mutation(
        "no-cni",
        of(FILE, "test_node_is_ready"),
        promise="Every node is ready.",
        done="One worker has lost its CNI configuration: its kubelet finds no pod network.",
        doing=no_cni,
        slow=True,
    ),
    Mutation(
        "other-kubelet",
        of(FILE, "test_node_runs_the_kubernetes_version_of_the_scenario"),
        promise="Every kubelet has the scenario's version.",
        done="One worker runs a kubelet that reports another version.",
        doing=other_kubelet,
        slow=True,
    ),
    Mutation(
        "other-address",
        of(FILE, "test_node_has_the_address_of_its_machine"),
        promise="A node has its machine's address in the lab's network.",
        done="A worker has a second network card, and its kubelet is configured with that card's "
        "address.",
        doing=other_address,
        slow=True,
    ),
    Mutation(
        "no-role",
        of(FILE, "test_node_has_the_role_of_its_machine"),
        promise="Control planes, and only they, are labelled as such.",
        done="The last control plane lost the label of control planes.",
        doing=no_role,
    ),
)
