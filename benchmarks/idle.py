"""What each component of an idle lab costs: processor time, read on the machines themselves.

A machine's sum comes from its cgroup and is exact. Components come from the processes, because
services have no cgroup of their own for processor time where the kernel has cgroup v1.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks import host
from benchmarks.command import Labgen

TICK = 0.01  # seconds: USER_HZ, proc_pid_stat(5)
NANO, MICRO = 1e-9, 1e-6  # the units of cgroup v1 and v2
# The time, then the sum, then a line for each process. That of a virtual machine is its root's.
READ = (
    "cat /proc/uptime;"
    " cat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null || head -n 1 /sys/fs/cgroup/cpu.stat;"
    " cat /proc/[0-9]*/stat 2>/dev/null; true"
)
# By the names of processes, which have at most 15 characters.
COMPONENTS = {
    "kube-apiserver": "API servers",
    "etcd": "etcd",
    "kubelet": "kubelets",
    "kube-controller": "controller managers",
    "kube-scheduler": "schedulers",
    "containerd": "containerd",
    "containerd-shim": "containerd",
    "haproxy": "HAProxy",
    "keepalived": "keepalived",
    "coredns": "CoreDNS",
    "flanneld": "flannel",
    "kube-proxy": "kube-proxy",
    "systemd-journal": "journald",
    "systemd": "systemd",
}
SCRIPT = "keepalived's script"  # a process each time, which only its parent's account remembers
OWN_ONLY = {"systemd"}  # its account also has services that ended, with all that they ever used
REST = "other processes"  # SSH, processes that ended, and what is beneath a tick
HOST = "whole host"  # with the kernel's own threads and all other programs; counted by ticks


@dataclass(frozen=True)
class Process:
    """What a process has used so far, in seconds."""

    name: str
    own: float
    children: float  # those that ended and that it waited for


@dataclass(frozen=True)
class Reading:
    """What a machine has used so far, in seconds."""

    moment: float
    total: float
    processes: Mapping[int, Process]  # by process id


def cores(labgen: Labgen, lab: str, seconds: float) -> dict[str, float]:
    """Return how many cores each component kept busy, on average over that time and in sum over all
    machines, and the whole host."""
    machines = list(labgen.data("status", lab)["machines"])
    before = _read_all(labgen, lab, machines)
    busy = host.busy_cores(seconds)
    after = _read_all(labgen, lab, machines)
    found: defaultdict[str, float] = defaultdict(float)
    for first, second in zip(before, after, strict=True):
        for component, used in between(first, second).items():
            found[component] += used
    return {**found, HOST: busy}


def between(before: Reading, after: Reading) -> dict[str, float]:
    """Return the busy cores of one machine by component, between two readings."""
    used: defaultdict[str, float] = defaultdict(float)
    for number, process in after.processes.items():
        earlier = before.processes.get(number, Process(process.name, 0.0, 0.0))
        component = COMPONENTS.get(process.name)
        if component is None or earlier.name != process.name:
            continue
        used[component] += process.own - earlier.own
        if process.name not in OWN_ONLY:
            theirs = SCRIPT if component == "keepalived" else component
            used[theirs] += process.children - earlier.children
    used[REST] = max(0.0, after.total - before.total - sum(used.values()))
    seconds = after.moment - before.moment
    return {component: it / seconds for component, it in used.items()}


def parse(text: str) -> Reading:
    """Return what READ printed."""
    uptime, total, *lines = text.splitlines()
    words = total.split()
    unit = MICRO if words[0] == "usage_usec" else NANO
    return Reading(
        float(uptime.split()[0]), int(words[-1]) * unit, dict(_process(line) for line in lines)
    )


def _process(line: str) -> tuple[int, Process]:
    """Return the id and the process of a line of proc_pid_stat(5)."""
    number, _, rest = line.partition(" (")
    name, _, rest = rest.rpartition(") ")
    user, system, children_user, children_system = map(int, rest.split()[11:15])
    process = Process(name, (user + system) * TICK, (children_user + children_system) * TICK)
    return int(number), process


def _read_all(labgen: Labgen, lab: str, machines: Sequence[str]) -> list[Reading]:
    words = ("--", "sh", "-c", READ)
    with ThreadPoolExecutor(len(machines)) as pool:
        texts = pool.map(lambda name: labgen.output("exec", lab, name, *words), machines)
        return [parse(text) for text in texts]
