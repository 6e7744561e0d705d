"""Names that are not found, or not by everyone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from acceptance.framework.workloads.workload import ready
from labgen.system.wait import NotYet
from tests.e2e.mutation.cluster_editor import DNS, Hands, edited, patched
from tests.e2e.mutation.mutation import Sabotage, of, only

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
def one_replica(hands: Hands) -> Iterator[None]:
    wanted = hands.api.get(DEPLOYMENT)["spec"]["replicas"]
    try:
        with patched(hands, DEPLOYMENT, _replicas(1), _replicas(wanted)):
            hands.until("one DNS server", lambda: len(hands.dns_servers()) == 1)
            yield
    finally:
        until_serving(hands, wanted)


@contextmanager
def wrong_selector(hands: Hands) -> Iterator[None]:
    change, back = ({"spec": {"selector": {"k8s-app": name}}} for name in ("core-dns", "kube-dns"))
    path = "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices"
    label = "labelSelector=kubernetes.io%2Fservice-name%3Dkube-dns"

    def endpoints() -> int:
        slices = hands.api.items(f"{path}?{label}")
        return sum(len(found.get("endpoints") or []) for found in slices)

    try:
        with patched(hands, DNS, change, back):
            hands.until("a Service without DNS servers", lambda: not endpoints())
            yield
    finally:
        hands.until("a Service with DNS servers", endpoints)


@contextmanager
def canary(hands: Hands) -> Iterator[None]:
    """The Service is kept on the old servers, by the hash of their pods' template."""
    [old, *_] = hands.dns_servers()
    change, back = ({"spec": {"selector": {HASH: name}}} for name in (_hash(old), None))
    data = {"metadata": {"name": CANARY}, "data": {"Corefile": COREFILE}}
    try:
        with patched(hands, DNS, change, back):
            hands.api.send("POST", CONFIG_MAPS, {"apiVersion": "v1", "kind": "ConfigMap", **data})
            hands.api.send("POST", PODS, _canary(old["spec"]["containers"][0]["image"]))
            hands.until("the new DNS server", lambda: _runs(hands))
            yield
    finally:
        for path in (f"{PODS}/{CANARY}", f"{CONFIG_MAPS}/{CANARY}"):
            hands.remove(path)
        hands.until("the new DNS server being gone", lambda: not _has(hands, CANARY))


@contextmanager
def wrong_domain(hands: Hands) -> Iterator[None]:
    restart = "systemctl restart kubelet"
    change = "s/clusterDomain: cluster.local/clusterDomain: cluster.lan/"
    try:
        with edited(hands, [hands.worker], KUBELET, change, then=restart):
            yield
    finally:
        hands.until_ready(hands.worker)


def until_serving(hands: Hands, number: int) -> None:
    """Wait until so many DNS servers are there, all of them ready."""

    def look() -> bool:
        found = hands.dns_servers()
        return len(found) == number and all(ready(pod) for pod in found)

    hands.until(f"{number} DNS servers", look)


def _replicas(number: int) -> dict[str, Any]:
    return {"spec": {"replicas": number}}


def _hash(pod: dict[str, Any]) -> str:
    return str(pod["metadata"]["labels"][HASH])


def _has(hands: Hands, name: str) -> bool:
    return any(pod["metadata"]["name"] == name for pod in hands.api.items(PODS))


def _runs(hands: Hands) -> bool:
    pod = hands.api.get(f"{PODS}/{CANARY}")
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


SABOTAGES = (
    Sabotage(
        "one-dns-server",
        of(FILE, "test_dns_servers_sit_on_two_machines"),
        promise="No machine without power takes all names with it.",
        done="CoreDNS has one replica.",
        doing=one_replica,
    ),
    Sabotage(
        "wrong-selector",
        of(FILE, "test_dns_service_answers_the_machine"),
        promise="The DNS Service answers on every machine.",
        done="The selector of the Service kube-dns fits no pod.",
        doing=wrong_selector,
    ),
    Sabotage(
        "wrong-corefile",
        of(FILE, "test_every_dns_server_answers_the_machine"),
        promise="Every single DNS server knows the cluster's names, also those not asked today.",
        done="A new CoreDNS, which the Service does not lead to yet, has a Corefile without the "
        "plugin kubernetes.",
        doing=canary,
    ),
    Sabotage(
        "wrong-domain",
        of(FILE, "test_pod_finds_the_service_by_its_name"),
        promise="A pod finds a Service by its short name.",
        done="One worker's kubelet gives its pods another cluster domain.",
        doing=wrong_domain,
        run=only(FILE),
    ),
)
