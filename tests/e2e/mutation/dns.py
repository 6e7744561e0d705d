"""Names that are not resolved, or not everywhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from acceptance.framework.workloads.workload import ready
from labgen.system.wait import NotYet
from tests.e2e.mutation.cluster_editor import DNS, ClusterEditor, edited, patched
from tests.e2e.mutation.mutation import Mutation, of, only

FILE = "test_dns.py"
SYSTEM = "namespaces/kube-system"
DEPLOYMENT = f"/apis/apps/v1/{SYSTEM}/deployments/coredns"
CONFIG_MAPS = f"/api/v1/{SYSTEM}/configmaps"
PODS = f"/api/v1/{SYSTEM}/pods"
CANARY = "coredns-canary"
KUBELET = "/var/lib/kubelet/config.yaml"
HASH = "pod-template-hash"
COREFILE = ".:53 {\n    errors\n    whoami\n}\n"  # without the plugin kubernetes


@contextmanager
def one_replica(editor: ClusterEditor) -> Iterator[None]:
    wanted = editor.api.get(DEPLOYMENT)["spec"]["replicas"]
    try:
        with patched(editor, DEPLOYMENT, _replicas(1), _replicas(wanted)):
            editor.until("one DNS server", lambda: len(editor.dns_servers()) == 1)
            yield
    finally:
        until_serving(editor, wanted)


@contextmanager
def wrong_selector(editor: ClusterEditor) -> Iterator[None]:
    change, back = ({"spec": {"selector": {"k8s-app": name}}} for name in ("core-dns", "kube-dns"))
    path = "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices"
    label = "labelSelector=kubernetes.io%2Fservice-name%3Dkube-dns"

    def endpoints() -> int:
        slices = editor.api.items(f"{path}?{label}")
        return sum(len(found.get("endpoints") or []) for found in slices)

    try:
        with patched(editor, DNS, change, back):
            editor.until("a Service without DNS servers", lambda: not endpoints())
            yield
    finally:
        editor.until("a Service with DNS servers", endpoints)


@contextmanager
def canary(editor: ClusterEditor) -> Iterator[None]:
    """Start a new server, and keep the Service on the old ones by the hash of their template."""
    [old, *_] = editor.dns_servers()
    change, back = ({"spec": {"selector": {HASH: name}}} for name in (_hash(old), None))
    data = {"metadata": {"name": CANARY}, "data": {"Corefile": COREFILE}}
    try:
        with patched(editor, DNS, change, back):
            editor.api.send("POST", CONFIG_MAPS, {"apiVersion": "v1", "kind": "ConfigMap", **data})
            editor.api.send("POST", PODS, _canary(old["spec"]["containers"][0]["image"]))
            editor.until("the new DNS server", lambda: _runs(editor))
            yield
    finally:
        for path in (f"{PODS}/{CANARY}", f"{CONFIG_MAPS}/{CANARY}"):
            editor.remove(path)
        editor.until("the new DNS server being gone", lambda: not _has(editor, CANARY))


@contextmanager
def wrong_domain(editor: ClusterEditor) -> Iterator[None]:
    restart = "systemctl restart kubelet"
    change = "s/clusterDomain: cluster.local/clusterDomain: cluster.lan/"
    try:
        with edited(editor, [editor.worker], KUBELET, change, then=restart):
            yield
    finally:
        editor.until_ready(editor.worker)


def until_serving(editor: ClusterEditor, number: int) -> None:
    """Wait until there are that many DNS servers, all of them ready."""

    def look() -> bool:
        found = editor.dns_servers()
        return len(found) == number and all(ready(pod) for pod in found)

    editor.until(f"{number} DNS servers", look)


def _replicas(number: int) -> dict[str, Any]:
    return {"spec": {"replicas": number}}


def _hash(pod: dict[str, Any]) -> str:
    return str(pod["metadata"]["labels"][HASH])


def _has(editor: ClusterEditor, name: str) -> bool:
    return any(pod["metadata"]["name"] == name for pod in editor.api.items(PODS))


def _runs(editor: ClusterEditor) -> bool:
    pod = editor.api.get(f"{PODS}/{CANARY}")
    if not ready(pod):
        raise NotYet(str(pod.get("status")))
    return True


def _canary(image: str) -> dict[str, Any]:
    container = {
        "name": "coredns",
        "image": image,
        "imagePullPolicy": "Never",
        "args": ["-conf", "/etc/coredns/Corefile"],
        "volumeMounts": [{"name": "corefile", "mountPath": "/etc/coredns"}],
    }
    spec = {
        "containers": [container],
        "volumes": [{"name": "corefile", "configMap": {"name": CANARY}}],
        "terminationGracePeriodSeconds": 0,
        # the old ones may have taken all nodes that a pod without this is let in to
        "tolerations": [{"operator": "Exists"}],
    }
    metadata = {"name": CANARY, "labels": {"k8s-app": "kube-dns"}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


MUTATIONS = (
    Mutation(
        "one-dns-server",
        of(FILE, "test_dns_servers_sit_on_two_machines"),
        promise="DNS survives the loss of any one machine.",
        done="CoreDNS has one replica.",
        doing=one_replica,
    ),
    Mutation(
        "wrong-selector",
        of(FILE, "test_dns_service_answers_the_machine"),
        promise="The DNS Service answers on every machine.",
        done="The selector of the Service kube-dns matches no pod.",
        doing=wrong_selector,
    ),
    Mutation(
        "wrong-corefile",
        of(FILE, "test_every_dns_server_answers_the_machine"),
        promise="Every DNS server knows the cluster's names, even one that the Service does not "
        "use at the moment.",
        done="A new CoreDNS pod, which the Service does not use yet, has a Corefile without the "
        "plugin kubernetes.",
        doing=canary,
    ),
    Mutation(
        "wrong-domain",
        of(FILE, "test_pod_finds_the_service_by_its_name"),
        promise="A pod finds a Service by its short name.",
        done="One worker's kubelet gives its pods another cluster domain.",
        doing=wrong_domain,
        run=only(FILE),
    ),
)
