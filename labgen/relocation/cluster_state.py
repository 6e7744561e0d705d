"""What changes in etcd when a cluster gets other addresses and certificates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from labgen.relocation import etcd_client, stored_objects
from labgen.relocation.etcd_client import Endpoint
from labgen.relocation.stored_objects import Fields
from labgen.system.parallel import gather

ROOT = "/registry"
SYSTEM = ("kube-system", "kube-public", "kube-flannel")  # namespaces whose objects are the lab's
CA_OF_NAMESPACE = "/kube-root-ca.crt"  # ends the key of a ConfigMap that every namespace has
# Deleted, because whoever made them makes them again, and would wait for the old ones first:
GONE = (
    f"{ROOT}/masterleases/",  # addresses of API servers, in these three
    f"{ROOT}/peerserverleases/",
    f"{ROOT}/leases/kube-system/apiserver-",
    f"{ROOT}/services/endpoints/default/kubernetes",
    f"{ROOT}/endpointslices/default/kubernetes",
    f"{ROOT}/leases/kube-system/kube-controller-manager",  # leaders that are no more
    f"{ROOT}/leases/kube-system/kube-scheduler",
    f"{ROOT}/clustertrustbundles/kubernetes.io:kube-apiserver-serving:",
    # join secrets of the old lab, and what they signed
    f"{ROOT}/secrets/kube-system/bootstrap-token-",
    f"{ROOT}/secrets/kube-system/kubeadm-certs",
)
SIGNATURES = "jws-kubeconfig-"  # in cluster-info, one for each token


@dataclass(frozen=True)
class Kind:
    """Objects below a prefix, and which of their fields are rewritten."""

    prefix: str
    fields: Fields
    everywhere: Fields | None = None  # the same for namespaces of users; None: they stay

    def fields_of(self, key: str) -> Fields | None:
        namespace = key.removeprefix(self.prefix).partition("/")[0]
        return self.fields if namespace in SYSTEM else self.everywhere


KINDS = (
    Kind(f"{ROOT}/configmaps/", stored_objects.CONFIG_MAP),
    Kind(f"{ROOT}/daemonsets/", stored_objects.DAEMON_SET),
    Kind(f"{ROOT}/controllerrevisions/", stored_objects.CONTROLLER_REVISION),
    Kind(f"{ROOT}/minions/", stored_objects.NODE, stored_objects.NODE),  # nodes
    Kind(f"{ROOT}/pods/", stored_objects.POD, stored_objects.RUNNING_POD),
)


def rewrite(endpoint: Endpoint, change: Callable[[str], str]) -> None:
    """Rewrite the lab's own objects and delete those that cannot stay."""
    puts = {}
    for kind in KINDS:
        for key, value in etcd_client.values(endpoint, kind.prefix).items():
            fields = kind.fields_of(key)
            if key.endswith(CA_OF_NAMESPACE):
                fields = kind.fields
            if fields is not None:
                new = stored_objects.rewrite(value, fields, change, without=SIGNATURES)
                if new != value:
                    puts[key] = new
    deleted = [key for name in GONE for key in etcd_client.values(endpoint, name) if _is(key, name)]
    etcd_client.change(endpoint, puts, deleted)


def _is(key: str, gone: str) -> bool:
    """Return whether the key is the one that is deleted, or begins with it where it is open."""
    return key == gone or not gone[-1].isalnum()


def move_peers(endpoint: Endpoint, change: Callable[[str], str]) -> None:
    """Give every member its new peer URLs."""
    for member in etcd_client.members(endpoint):
        urls = [change(url) for url in member["peerURLs"]]
        if urls != member["peerURLs"]:
            etcd_client.update_peers(endpoint, member["ID"], urls)


def ensure_everywhere(endpoints: Sequence[Endpoint]) -> None:
    """Return when all members have all changes in their databases."""

    def settle(endpoint: Endpoint) -> Callable[[], None]:
        def task() -> None:
            etcd_client.ensure_applied(endpoint)
            etcd_client.ensure_committed(endpoint)

        return task

    gather({endpoint.name: settle(endpoint) for endpoint in endpoints})
