"""What prevents existing machines from becoming a lab, judged from their facts alone."""

from collections.abc import Iterator, Mapping

from labgen.bundle.parts import sources
from labgen.lab.lab import Lab, Machine
from labgen.machine.facts import Facts
from labgen.machine.finding import Finding
from labgen.machine.gather_facts import Surveyed
from labgen.machine.login import Unread
from labgen.scenario.model import Role
from labgen.scenario.units import show_size
from labgen.scenario.validate.addresses import TAKEN_PORTS
from labgen.scenario.validate.machines import CONTROL_PLANE_CPUS, CONTROL_PLANE_MEMORY

# Systems with apt and the package names that the provisioners install.
SYSTEMS = {"debian": ("12", "13"), "ubuntu": ("22.04", "24.04")}
CLOCK = 1.0  # seconds; etcd warns from one second of drift (rafthttp's probing status)
DISK = 5 * 1024  # MiB: packages, programs, archives of images, the images unpacked, and a margin
WORKER_PORTS = {port: TAKEN_PORTS[port] for port in (10248, 10249, 10250, 10256)}
HEALTH_PORT = 8404  # HAProxy's, for keepalived's check
# Packages with another containerd, kubelet or packet filter than the lab's, or another cluster.
CONFLICTING = {
    "containerd.io": "Docker's containerd, which excludes Debian's",
    "docker-ce": "Docker, whose rules drop what pods forward",
    "docker.io": "Docker, whose rules drop what pods forward",
    "moby-engine": "Docker, whose rules drop what pods forward",
    "cri-o": "another container runtime",
    "kubelet": "another installation of the kubelet",
    "kubeadm": "another installation of kubeadm",
    "kubectl": "another installation of kubectl",
    "kubernetes-cni": "another installation of CNI plugins",
}
FIREWALLS = ("ufw", "firewalld")
BALANCERS = ("haproxy", "keepalived")
Read = Mapping[str, Surveyed | Unread]
Known = Mapping[str, Facts]


def judge(lab: Lab, read: Read, *, made: bool) -> list[Finding]:
    """Return all findings by machine. With made, the lab may already be on its machines."""
    return [
        Finding(finding.what, finding.remedy, machine.name)
        for machine in lab.machines
        for finding in _of_one(lab, machine, read, made=made)
    ]


def belongs(lab: Lab, facts: Facts) -> bool:
    """Return whether the machine belongs to this lab already."""
    return (facts.lab, facts.endpoint) == (lab.name, lab.endpoint)


def _of_one(lab: Lab, machine: Machine, read: Read, *, made: bool) -> Iterator[Finding]:
    said = read[machine.name]
    if isinstance(said, Unread):
        may_be_off = made and said.silent and machine.host and machine.host.power_on
        if not may_be_off:
            yield said.finding
        return
    facts = said.facts
    known = {name: it.facts for name, it in read.items() if isinstance(it, Surveyed)}
    ours = made and belongs(lab, facts)
    yield from _system(facts)
    yield from _size(machine, facts)
    yield from _clock(said)
    yield from _network(lab, machine, facts)
    yield from _twins(lab, machine, known)
    yield from _reach(lab, facts)
    yield from _vip(lab, facts, known)
    if not ours:
        yield from _disk(facts)
        yield from _inhabitants(lab, machine, facts)


def _system(facts: Facts) -> Iterator[Finding]:
    if facts.version not in SYSTEMS.get(facts.os, ()):
        known = ", ".join(f"{name} {' or '.join(of)}" for name, of in SYSTEMS.items())
        yield Finding(f"it runs {facts.pretty}", f"install one of: {known}")
    processor, wanted = sources.in_go(facts.architecture), sources.architecture()
    if processor != wanted:
        what = f"its processor is {processor}, the bundle is for {wanted}"
        yield Finding(what, "use another machine, or run labgen on a host with that processor")
    if not facts.systemd:
        yield Finding("systemd does not run on it", "boot it with systemd")
    if not facts.cgroup_v2 and not facts.container:
        what = "it uses cgroup v1, which Kubernetes no longer supports"
        yield Finding(
            what, "remove systemd.unified_cgroup_hierarchy=0 from its kernel's command line"
        )


def _size(machine: Machine, facts: Facts) -> Iterator[Finding]:
    """Check kubeadm's minimum, which is for control planes only."""
    if machine.role is not Role.CONTROL_PLANE:
        return
    if facts.cores < CONTROL_PLANE_CPUS:
        what = f"it has {facts.cores} core, but a control plane needs {CONTROL_PLANE_CPUS}"
        yield Finding(what, "give it more, or make it a worker")
    if facts.memory < CONTROL_PLANE_MEMORY:
        needed = show_size(CONTROL_PLANE_MEMORY)
        what = f"it has {show_size(facts.memory)} of memory, but a control plane needs {needed}"
        yield Finding(what, "give it more, or make it a worker")


def _disk(facts: Facts) -> Iterator[Finding]:
    if facts.disk_free < DISK:
        what = (
            f"/var/lib has {show_size(facts.disk_free)} free, but the lab needs {show_size(DISK)}"
        )
        yield Finding(what, "make room")


def _clock(said: Surveyed) -> Iterator[Finding]:
    if abs(said.clock) > CLOCK + said.uncertainty:
        way = "ahead of" if said.clock > 0 else "behind"
        what = f"its clock is {abs(said.clock):.1f} s {way} this host's"
        yield Finding(
            what, "synchronise both with a time server, for example by chrony or systemd-timesyncd"
        )


def _network(lab: Lab, machine: Machine, facts: Facts) -> Iterator[Finding]:
    found = facts.interface(machine.address)
    if found is None:
        what = f"none of its interfaces has {machine.address}: something translates addresses"
        yield Finding(what, "name the address that the machine itself has")
        return
    name, network = found
    if network != lab.subnet:
        what = f"{machine.address} on {name} is in {network}, but network.subnet is {lab.subnet}"
        yield Finding(what, "correct one of them: otherwise the VIP would be unreachable")
    mac = facts.links.get(name, "")
    first = int(mac[:2] or "0", 16)
    if set(mac) <= {"0", ":"} or first & 1:
        what = f"{mac or 'nothing'} on {name} is not a valid hardware address of a machine"
        yield Finding(what, f"give {name} an address of its own")


def _twins(lab: Lab, machine: Machine, known: Known) -> Iterator[Finding]:
    """Check values that must be unique, but are equal on machines that were copied from one
    image."""
    mine = known[machine.name]
    mac = _mac(machine, mine)
    if not mine.machine_id:
        yield Finding("it has no machine-id", "systemd-machine-id-setup")
    for other in lab.machines:
        theirs = known.get(other.name)
        if other == machine or theirs is None:
            continue
        if mine.machine_id and mine.machine_id == theirs.machine_id:
            what = f"it has the machine-id of {other.name}"
            remedy = "on one of them: rm /etc/machine-id; systemd-machine-id-setup; reboot"
            yield Finding(what, remedy)
        if mac and mac == _mac(other, theirs):
            what = f"it has the hardware address of {other.name}, {mac}"
            yield Finding(what, "give each its own address: switches confuse the two")


def _reach(lab: Lab, facts: Facts) -> Iterator[Finding]:
    """Check whether this machine reaches the others. A refusal counts as reached."""
    for other in lab.machines:
        said = {p.port: p.answer for p in facts.peers if p.address == other.address}
        if not said:
            continue
        closed = sorted(port for port, what in said.items() if what in ("silent", "unreachable"))
        if len(closed) == len(said):
            what = f"it does not reach {other.name} at {other.address}"
            yield Finding(what, "check cables, addresses and firewalls between the two")
        elif closed:
            ports = ", ".join(map(str, closed))
            what = f"{other.name} does not answer on ports {ports}: a firewall drops the packets"
            yield Finding(what, "let the machines reach each other on all ports")


def _vip(lab: Lab, facts: Facts, known: Known) -> Iterator[Finding]:
    """Check that no machine has the VIP except those of this lab."""
    ours = {
        _mac(machine, known[machine.name])
        for machine in lab.machines
        if machine.name in known and belongs(lab, known[machine.name])
    }
    if lab.vip in facts.own and not belongs(lab, facts):
        yield Finding(f"it has the VIP {lab.vip} itself", "remove it there, or name another VIP")
    elif facts.vip_mac and facts.vip_mac not in ours:
        what = f"{facts.vip_mac} answers for the VIP {lab.vip} on its network"
        yield Finding(what, "name an address that is not in use")


def _inhabitants(lab: Lab, machine: Machine, facts: Facts) -> Iterator[Finding]:
    """Check what is already on the machine: a lab, a cluster, packages, services."""
    if facts.lab:
        what = f"it belongs to lab {facts.lab}, API at {facts.endpoint}"
        yield Finding(
            what,
            f"labgen down {facts.lab} on the host that created the lab, or as root on the machine: "
            "/opt/labgen/provisioners/run.sh uninstall",
        )
        return
    if facts.clusters:
        what = f"an older cluster is on it: {', '.join(facts.clusters)}"
        yield Finding(
            what, "remove it first with the tool that created it, for example kubeadm reset"
        )
    for name in sorted(facts.packages & CONFLICTING.keys()):
        yield Finding(f"{name} is installed: {CONFLICTING[name]}", f"apt-get purge {name}")
    master = machine.role is Role.CONTROL_PLANE
    for name in (*FIREWALLS, *(BALANCERS if master else ())):
        if name in facts.active:
            what = "would block the cluster's traffic" if name in FIREWALLS else "would be replaced"
            yield Finding(f"{name} runs on it and {what}", f"systemctl disable --now {name}")
    wanted = {**TAKEN_PORTS, lab.scenario.network.api_port: "HAProxy", HEALTH_PORT: "HAProxy"}
    wanted = wanted if master else WORKER_PORTS
    for port in sorted((facts.listens.keys() & wanted.keys()) - {22, machine.port}):
        who = facts.listens[port] or "something"
        yield Finding(f"{who} listens on port {port}, which is for {wanted[port]}", "stop it")


def _mac(machine: Machine, facts: Facts) -> str:
    found = facts.interface(machine.address)
    return facts.links.get(found[0], "") if found else ""
