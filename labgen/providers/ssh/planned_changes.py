"""What `up` would change on an existing machine, for `labgen plan`."""

from collections.abc import Iterator, Mapping
from functools import cache

from labgen.lab.lab import Lab, Machine
from labgen.machine.facts import Facts
from labgen.scenario.model import Role
from labgen.system import data
from labgen.system.process import run

SYSCTLS = ("net.ipv4.ip_forward", "net.bridge.bridge-nf-call-iptables")
FILES = "/etc/labgen /opt/labgen /var/lib/labgen /etc/kubernetes /etc/containerd /etc/cni /opt/cni"
# The phase itself, with a pkg::ensure that only prints.
PRINT = 'pkg::ensure() { printf "%s\\n" "$@"; }; source "$1"; phase::packages'


def changes(lab: Lab, machine: Machine, facts: Facts) -> list[str]:
    """Return one line per subject, without subjects that need no change."""
    return list(_changes(lab, machine, facts))


def _changes(lab: Lab, machine: Machine, facts: Facts) -> Iterator[str]:
    master = machine.role is Role.CONTROL_PLANE
    missing = [name for name in packages(machine.role) if name not in facts.packages]
    if missing:
        yield f"Debian packages: {' '.join(missing)}, and what they depend on"
    version = lab.scenario.kubernetes.version
    yield f"programs: kubeadm kubelet kubectl etcdctl {version} in /usr/local/bin"
    yield f"files: {FILES}{' /etc/haproxy /etc/keepalived' if master else ''}"
    yield "/etc/hosts: the names of the lab's machines"
    yield f"services: containerd kubelet{' haproxy keepalived' if master else ''}"
    yield from _kernel(facts)
    found = facts.interface(machine.address)
    if master and found:
        port = lab.scenario.network.api_port
        yield f"the VIP {lab.vip} on {found[0]} while it is the holder; port {port}"
    yield "interfaces cni0 and flannel.1, and kube-proxy's and flannel's rules for packets"


def _kernel(facts: Facts) -> Iterator[str]:
    if facts.swap and not facts.container:
        yield f"swap off: {' '.join(facts.swap)}, and in /etc/fstab"
    for key in SYSCTLS:
        now = facts.sysctls.get(key, "not there")
        if now != "1":
            yield f"sysctl {key}: {now} -> 1"


@cache
def packages(role: Role) -> tuple[str, ...]:
    """Return the Debian packages that a machine of that role gets unless they are installed."""
    phase = data.directory("provisioners") / "phases/packages.sh"
    words: Mapping[str, str] = {"ROLE": role.value, "MACHINE_IMAGE": ""}
    told = run(["bash", "-c", PRINT, "print", phase], timeout=10, env=words)
    return tuple(told.stdout.split())
