"""Operations of users that do not work in this cluster."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from acceptance.framework.workloads.manifests import PORT
from acceptance.framework.workloads.namespaces import PATH, PREFIX
from tests.e2e.mutation.admission import forbidden
from tests.e2e.mutation.cluster_editor import ClusterEditor, firewall, patched, shell
from tests.e2e.mutation.dns import CONFIG_MAPS, PODS, until_serving
from tests.e2e.mutation.meanwhile import meanwhile
from tests.e2e.mutation.mutation import Mutation, of, only

POLICY = "test_workload_network_policy.py"
ROLLOUT, SERVICES = "test_workload_rollout.py", "test_workload_services.py"
STORAGE = "test_workload_storage.py"
NAME = "labgen-mutation"
VOLUME = "/srv/labgen-mutation"
CLASS = "storageclass.kubernetes.io/is-default-class"


@contextmanager
def no_alias(editor: ClusterEditor) -> Iterator[None]:
    with forbidden(editor, "no-alias", "CREATE", "services", "object.spec.type != 'ExternalName'"):
        yield


@contextmanager
def closed_pods(editor: ClusterEditor) -> Iterator[None]:
    rule = f"tcp dport {PORT} drop"
    with firewall(editor, editor.lab.machines, "forward", rule):
        yield


@contextmanager
def frozen_proxy(editor: ClusterEditor) -> Iterator[None]:
    """Suspend kube-proxy as soon as the update begins."""
    freeze, thaw = (f"pkill -{signal} --exact kube-proxy" for signal in ("STOP", "CONT"))

    def rolls() -> bool:
        for path in _namespaces(editor, "workload-rollout"):
            for found in editor.api.items(f"/apis/apps/v1/{path}/deployments"):
                if found["metadata"]["generation"] > 1:
                    editor.on(editor.worker, freeze)
                    return True
        return False

    try:
        with meanwhile(rolls):
            yield
    finally:
        editor.on(editor.worker, thaw)


@contextmanager
def closed_node_ports(editor: ClusterEditor) -> Iterator[None]:
    # before the port is translated, where nothing can be refused
    with firewall(editor, editor.lab.workers[:1], "prerouting", "tcp dport 30000-32767 drop"):
        yield


@contextmanager
def corefile(editor: ClusterEditor, old: str, new: str) -> Iterator[None]:
    """Restart CoreDNS with one line of its Corefile changed."""
    path, number = f"{CONFIG_MAPS}/coredns", len(editor.dns_servers())
    good = editor.api.get(path)["data"]["Corefile"]
    assert old in good, good
    change, back = ({"data": {"Corefile": text}} for text in (good.replace(old, new), good))
    try:
        with patched(editor, path, change, back):
            _start_anew(editor, number)
            yield
    finally:
        _start_anew(editor, number)


def _start_anew(editor: ClusterEditor, number: int) -> None:
    old = _names(editor.dns_servers())
    for name in old:
        editor.remove(f"{PODS}/{name}")
    editor.until("new DNS servers", lambda: not old & _names(editor.dns_servers()))
    until_serving(editor, number)


def _names(pods: Sequence[Mapping[str, Any]]) -> set[str]:
    return {pod["metadata"]["name"] for pod in pods}


@contextmanager
def no_endpoints(editor: ClusterEditor) -> Iterator[None]:
    with corefile(editor, "pods insecure", "pods insecure\n       noendpoints"):
        yield


@contextmanager
def wrong_ingress(editor: ClusterEditor) -> Iterator[None]:
    """Do what a load-balancer controller does. With the mode Proxy, kube-proxy does not handle the
    address itself."""
    ingress = {"ip": str(editor.worker.address), "ipMode": "Proxy"}
    status = {"status": {"loadBalancer": {"ingress": [ingress]}}}

    def given() -> bool:
        for path in _namespaces(editor, "workload-services"):
            for found in editor.api.items(f"/api/v1/{path}/services"):
                name = found["metadata"]["name"]
                if name == "given":
                    editor.patch(f"/api/v1/{path}/services/{name}/status", status)
                    return True
        return False

    with meanwhile(given):
        yield


@contextmanager
def full_volume(editor: ClusterEditor) -> Iterator[None]:
    """Create a class whose volumes are created by hand; this one is the same full disk on every
    machine."""
    full = f"mount -t tmpfs -o size=4k none {VOLUME}; head -c 4096 /dev/zero >{VOLUME}/full"
    there = f"mkdir -p {VOLUME}; {full}"
    gone = f"if mountpoint -q {VOLUME}; then umount {VOLUME}; rmdir {VOLUME}; fi"
    classes, volumes = "/apis/storage.k8s.io/v1/storageclasses", "/api/v1/persistentvolumes"
    storage_class = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": NAME, "annotations": {CLASS: "true"}},
        "provisioner": "kubernetes.io/no-provisioner",
    }
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": NAME},
        "spec": {
            "storageClassName": NAME,
            "capacity": {"storage": "16Mi"},
            "accessModes": ["ReadWriteOnce"],
            "hostPath": {"path": VOLUME, "type": "Directory"},
        },
    }
    with shell(editor, editor.lab.machines, there, gone):
        try:
            editor.api.send("POST", classes, storage_class)
            editor.api.send("POST", volumes, volume)
            yield
        finally:
            editor.remove(f"{classes}/{NAME}")
            editor.remove(f"{volumes}/{NAME}")
            editor.until("the volume's end", lambda: not editor.api.items(volumes))


def _namespaces(editor: ClusterEditor, subject: str) -> list[str]:
    """Return the suite's namespaces for that subject, as parts of paths."""
    names = [found["metadata"]["name"] for found in editor.api.items(PATH)]
    return [f"namespaces/{name}" for name in names if name.startswith(f"{PREFIX}-{subject}-")]


MUTATIONS = (
    Mutation(
        "closed-pods",
        of(POLICY, "test_network_policy_is_enforced_or_known_not_to_be"),
        promise="Traffic flows unless a NetworkPolicy forbids it.",
        done="A firewall on every machine drops packets from pods to other pods' web servers.",
        doing=closed_pods,
        run=only(POLICY),
    ),
    Mutation(
        "frozen-proxy",
        of(ROLLOUT, "test_no_request_fails_while_a_deployment_rolls"),
        promise="No request fails during the rolling update of a Deployment.",
        done="kube-proxy on one worker hangs as soon as the update begins.",
        doing=frozen_proxy,
        run=only(ROLLOUT),
    ),
    Mutation(
        "closed-node-ports",
        of(SERVICES, "test_node_port_is_reached_on_every_machine_from_outside"),
        promise="A node port is reached on every machine from outside.",
        done="One worker's firewall drops packets to node ports.",
        doing=closed_node_ports,
        run=only(SERVICES),
    ),
    Mutation(
        "no-endpoints",
        of(SERVICES, "test_headless_service_is_the_name_of_all_its_pods"),
        promise="The name of a headless Service resolves to all its pods.",
        done="CoreDNS runs with the option noendpoints.",
        doing=no_endpoints,
        run=only(SERVICES),
    ),
    Mutation(
        "no-alias",
        of(SERVICES, "test_external_name_is_an_alias"),
        promise="A Service of type ExternalName resolves as an alias.",
        done="An admission policy forbids such Services.",
        doing=no_alias,
        run=only(SERVICES),
    ),
    Mutation(
        "wrong-ingress",
        of(SERVICES, "test_load_balancer_has_an_address_or_is_known_to_have_none"),
        promise="The address of a Service of type LoadBalancer, if it has one, leads to its pods.",
        done="A controller assigns the address of a machine that does not listen on that port.",
        doing=wrong_ingress,
        run=only(SERVICES),
    ),
    Mutation(
        "full-volume",
        of(STORAGE, "test_next_pod_reads_what_the_last_one_wrote"),
        promise="A pod reads what another pod wrote to the volume before it.",
        done="The default StorageClass has a volume on a disk that is full.",
        doing=full_volume,
        run=only(STORAGE),
    ),
)
