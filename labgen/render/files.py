"""The files of one machine's payload, by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from labgen.lab.keys import JoinSecrets
from labgen.lab.lab import Lab, Machine
from labgen.render.runtimes import RUNTIMES
from labgen.render.templating import render
from labgen.scenario.model import Role, vrrp_priorities
from labgen.system.host import MachineProfile

DIRECTORY = "/etc/labgen/payload"  # where a machine has these files
STATIC_PODS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
# Seconds between two checks of a shell whether flanneld is ready. Each is a process, and on an
# emulated processor ten a second take the time that flanneld needs.
LOOK_EVERY = 0.1
NETWORK_TRIES = 200  # so often a new pod looks whether flanneld is ready, before it fails
PATIENCE = 4  # x connectTimeout that HAProxy waits for an API server's acknowledgements: tcp-ut


@dataclass(frozen=True)
class File:
    """A file of a machine."""

    content: str
    mode: int = 0o644  # as in chmod


@dataclass(frozen=True)
class Images:
    """Image references that configuration files name."""

    sandbox: str
    flannel: str


# The kubelet reaches the API without the proxies that systemd's DefaultEnvironment may name: empty
# ones replace them.
KUBELET_DEFAULT = "KUBELET_EXTRA_ARGS=\nHTTPS_PROXY=\nhttps_proxy=\n"


def payload(
    lab: Lab,
    machine: Machine,
    profile: MachineProfile,
    images: Images,
    secrets: JoinSecrets,
) -> dict[str, File]:
    """Return all files of machine except kubeadm.yaml. keepalived.conf may contain a secret."""
    files = {
        "hosts": File(render("hosts", lab=lab)),
        # CoreDNS needs an upstream; the gateway refuses every name immediately
        "resolv.conf": File(f"nameserver {lab.gateway}\n"),
        "kubelet.default": File(KUBELET_DEFAULT),
    }
    for template in RUNTIMES[lab.scenario.kubernetes.runtime].templates:
        content = render(template, profile=profile, sandbox_image=images.sandbox)
        files[template] = File(content)
    if not profile.shared_kernel and not profile.bare:
        files["hostname"] = File(f"{machine.name}\n")
    if machine.role is Role.CONTROL_PLANE:
        files |= _load_balancer(lab, machine, profile.interface, secrets)
        for pod in STATIC_PODS:
            patch = render("static-pod-patch.yaml", container=pod, slowdown=lab.slowdown)
            files[f"patches/{pod}+strategic.yaml"] = File(patch)
    if machine == lab.control_planes[0]:
        flannel = render(
            "flannel.yaml",
            kubernetes=lab.scenario.kubernetes,
            flannel_image=images.flannel,
            vip=lab.vip,
            port=lab.endpoint_port,
            look_every=LOOK_EVERY * lab.slowdown,
            wait_tries=NETWORK_TRIES,
        )
        files["flannel.yaml"] = File(flannel)
    return files


def kubeadm_init(lab: Lab, profile: MachineProfile, secrets: JoinSecrets) -> File:
    """Return kubeadm's configuration for the first control plane. It contains secrets."""
    return _kubeadm(lab, lab.control_planes[0], profile, secrets, join=False)


def kubeadm_join(
    lab: Lab,
    machine: Machine,
    profile: MachineProfile,
    secrets: JoinSecrets,
    *,
    ca_hash: str,
) -> File:
    """Return kubeadm's configuration for a joining machine. It contains secrets.

    ca_hash is sha256:HEX.
    """
    return _kubeadm(lab, machine, profile, secrets, join=True, ca_hash=ca_hash)


def environment(lab: Lab, machine: Machine, images: tuple[str, ...]) -> Mapping[str, str]:
    """Return the variables of lab.env."""
    return {
        "LAB": lab.name,
        "ROLE": machine.role,
        "KUBERNETES_VERSION": lab.scenario.kubernetes.version,
        "KUBERNETES_SOURCE": lab.scenario.software.kubernetes,
        "API_PORT": str(lab.scenario.network.api_port),
        "API_ENDPOINT": lab.endpoint,
        "CERTIFICATES": lab.scenario.kubernetes.certificates,
        "COREDNS_REPLICAS": "1" if len(lab.machines) == 1 else "2",
        "RUNTIME": lab.scenario.kubernetes.runtime,
        "CRI_SOCKET": RUNTIMES[lab.scenario.kubernetes.runtime].socket,
        "IMAGES": " ".join(images),
    }


def _load_balancer(
    lab: Lab, machine: Machine, interface: str, secrets: JoinSecrets
) -> dict[str, File]:
    balancer = lab.scenario.load_balancer
    priorities = vrrp_priorities(balancer.keepalived, len(lab.control_planes))
    values = {
        "t": balancer.timings,
        "keepalived": balancer.keepalived,
        "haproxy": balancer.haproxy,
        "port": lab.scenario.network.api_port,
        "vip": lab.vip,
        "prefix_length": lab.subnet.prefixlen,
        "router_id": lab.router_id,
        "interface": interface,
        "machine": machine,
        "control_planes": lab.control_planes,
        "peers": [other for other in lab.control_planes if other != machine],
        "password": secrets.vrrp_password,
        "priority": priorities[lab.control_planes.index(machine)],
        "patience": PATIENCE * balancer.timings.connect_timeout,
    }
    files = {
        "haproxy.cfg": File(render("haproxy.cfg", **values)),
        "keepalived.conf": File(render("keepalived.conf", **values), 0o600),
    }
    if balancer.keepalived.safeguards:
        files["keepalived-vip.conf"] = File(render("keepalived-vip.conf", **values))
    if balancer.keepalived.track_script == "haproxy":
        files["check-haproxy"] = File(render("check-haproxy", **values), 0o755)
    return files


def _kubeadm(
    lab: Lab,
    machine: Machine,
    profile: MachineProfile,
    secrets: JoinSecrets,
    *,
    join: bool,
    ca_hash: str = "",
) -> File:
    text = render(
        "kubeadm.yaml",
        join=join,
        name=lab.name,
        machine=machine,
        control_plane=machine.role is Role.CONTROL_PLANE,
        schedulable=machine.role is Role.CONTROL_PLANE and not lab.workers,
        profile=profile,
        secrets=secrets,
        ca_hash=ca_hash,
        endpoint=lab.endpoint,
        vip=lab.vip,
        kubernetes=lab.scenario.kubernetes,
        socket=RUNTIMES[lab.scenario.kubernetes.runtime].socket,
        patches=f"{DIRECTORY}/patches",
        slowdown=lab.slowdown,
        learners=len(lab.control_planes) - 1,
    )
    return File(text, 0o600)
