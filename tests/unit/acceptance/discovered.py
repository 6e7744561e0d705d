"""API objects of clusters that others built, as their APIs return them, reduced to what is read."""

from typing import Any

from acceptance.framework.cluster import Unknown
from acceptance.framework.discovery.inspect import Inspection, parse
from acceptance.framework.discovery.objects import NO_KUBEADM, Objects, parse_kubeadm

KUBEADM = """
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
controlPlaneEndpoint: k8s-api.example.org:6443
kubernetesVersion: v1.33.4
etcd:
  local:
    dataDir: /var/lib/etcd
networking:
  dnsDomain: site.local
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.112.0.0/12,fd00:10:112::/112
"""
EXTERNAL = """etcd:
  external:
    caFile: /etc/kubernetes/pki/etcd/ca.crt
    certFile: /etc/kubernetes/pki/apiserver-etcd-client.crt
    keyFile: /etc/kubernetes/pki/apiserver-etcd-client.key
    endpoints:
    - https://192.168.0.21:2379
    - https://192.168.0.22:2379
"""
READY = [{"type": "Ready", "status": "True"}]
LABEL = "node-role.kubernetes.io/control-plane"
LOOK = """\
address lo 127.0.0.1
address ens192 192.168.0.{number}
{more}manifest kube-apiserver.yaml
runs kube-apiserver
end
"""


def node(name: str, address: str, *, master: bool = False) -> dict[str, Any]:
    """Return parts of kubectl get node NAME -o json."""
    labels = {"kubernetes.io/hostname": name, **({LABEL: ""} if master else {})}
    addresses = [
        {"type": "InternalIP", "address": address},
        {"type": "Hostname", "address": name},
    ]
    capacity = {"cpu": "8", "memory": "16374656Ki", "ephemeral-storage": "102626232Ki"}
    return {
        "metadata": {"name": name, "labels": labels},
        "status": {
            "addresses": addresses,
            "capacity": capacity,
            "conditions": READY,
            "nodeInfo": {"kubeletVersion": "v1.33.4"},
        },
    }


def pod(name: str, node: str, labels: dict[str, str], **more: Any) -> dict[str, Any]:
    """Return parts of kubectl get pod NAME -n kube-system -o json."""
    return {
        "metadata": {"name": name, "namespace": "kube-system", "labels": labels},
        "spec": {"nodeName": node, "containers": [{"name": name, **more}]},
        "status": {"phase": "Running", "conditions": READY, "podIP": "10.244.0.9"},
    }


def kube_vip(node: str, address: str) -> dict[str, Any]:
    """Return kube-vip as a static pod, by the manifest that it generates."""
    env = [{"name": "vip_arp", "value": "true"}, {"name": "address", "value": address}]
    return pod(f"kube-vip-{node}", node, {}, env=env)


def api_server(node: str, place: str) -> dict[str, Any]:
    """Return the static pod of an API server, with kubeadm's annotation of its address."""
    key = "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint"
    found = pod(f"kube-apiserver-{node}", node, {"component": "kube-apiserver"})
    found["metadata"]["annotations"] = {key: place}
    return found


def site(*pods: dict[str, Any], kubeadm: str | None = KUBEADM) -> Objects:
    """Return three control planes at .3 to .5 and a worker at .6."""
    nodes = [node("rack6", "192.168.0.6")]
    nodes += [node(f"rack{number}", f"192.168.0.{number}", master=True) for number in (3, 4, 5)]
    known = parse_kubeadm(kubeadm) if kubeadm else Unknown(NO_KUBEADM)
    return Objects(nodes=nodes, pods=list(pods), kubeadm=known, flannel={})


def look(number: int, *more: str) -> Inspection:
    """Return the report of the machine at that address."""
    return parse(LOOK.format(number=number, more="".join(f"{line}\n" for line in more)))
