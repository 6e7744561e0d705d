"""Find out the properties of this host and their consequences for system containers.

Most hosts have cgroup v2 and all capabilities. Some have cgroup v1 or hybrid, or lack
CAP_SYS_RESOURCE because they run in a sandbox. No other module probes the host.
"""

import os
import re
import resource
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

CAP_SYS_RESOURCE = 24  # include/uapi/linux/capability.h
MANY_FILES = 1048576  # fs.nr_open's default: the most a process may be given
# On cgroup v1, podman's own systemd mode binds the host's whole systemd hierarchy into every
# container: machines would share each unit's cgroup, kubelets would clean up each other's pods, and
# directories would stay behind. runc's own mount, in the container's cgroup namespace, is right.
V1_SYSTEMD = ("--systemd=false", "--env", "container=podman", "--stop-signal", "SIGRTMIN+3")
MANY_PROCESSES = 4194304  # PID_MAX_LIMIT on 64 bit, include/linux/threads.h


@dataclass(frozen=True)
class HostFacts:
    """Observed facts, without interpretation."""

    root: bool  # labgen runs as root
    kernel: tuple[int, int]  # major, minor
    cgroup_v2: bool
    may_raise_limits: bool  # CAP_SYS_RESOURCE
    open_files_limit: int
    processes_limit: int
    kernel_modules: Path | None  # directory; None where it has no modules of this kernel
    bridge_netfilter: bool  # bridged packets pass iptables


@dataclass(frozen=True)
class MachineProfile:
    """How a machine must differ because of the host that it runs on."""

    restrict_oom_score: bool  # containerd may not lower OOM scores
    cgroup_driver: str  # who creates pods' cgroups: systemd, or kubelet and runc (cgroupfs)
    fail_cgroup_v1: bool  # kubelet's failCgroupV1
    fail_swap_on: bool  # kubelet's failSwapOn
    ignored_preflight: tuple[str, ...]  # kubeadm's checks that are wrong for a shared kernel
    shared_kernel: bool  # the kernel's sysctls are not the machine's own
    systemd_mode: tuple[str, ...]  # podman's options for systemd as process 1
    open_files: int  # limit
    processes: int  # limit
    mounts: tuple[tuple[Path, str, str], ...]  # host path, machine path, options
    bare: bool = False  # not of labgen's image: bootstrapped first, its state recorded for `down`
    interface: str = "eth0"  # has the machine's address
    host_address: IPv4Address | None = None  # labgen's host, where that is not the gateway
    cores_shared_by: int = 1  # machines of the lab on the same processors, itself included


def probe(root: Path = Path("/")) -> HostFacts:
    """Return the facts of this host; root is the directory with proc and sys."""
    status = (root / "proc/self/status").read_text()
    capabilities = int(re.findall(r"^CapEff:\s*([0-9a-f]+)", status, re.MULTILINE)[0], 16)
    release = (root / "proc/sys/kernel/osrelease").read_text()
    major, minor = re.findall(r"^(\d+)\.(\d+)", release)[0]
    pid_max = int((root / "proc/sys/kernel/pid_max").read_text())
    modules = root / "lib/modules"
    return HostFacts(
        root=os.geteuid() == 0,
        kernel=(int(major), int(minor)),
        cgroup_v2=(root / "sys/fs/cgroup/cgroup.controllers").exists(),
        may_raise_limits=bool(capabilities >> CAP_SYS_RESOURCE & 1),
        open_files_limit=_hard_limit(resource.RLIMIT_NOFILE, MANY_FILES),
        # podman lowers its own limit to pid_max, and a container cannot have more than podman
        processes_limit=_hard_limit(resource.RLIMIT_NPROC, pid_max),
        # An empty directory is not worth a mount: when a package removes it and makes it again,
        # machines have the removed one, and no sandbox with /lib/modules starts any more.
        kernel_modules=modules if (modules / release.strip()).is_dir() else None,
        bridge_netfilter=(root / "proc/sys/net/bridge").is_dir(),
    )


def identity(root: Path = Path("/")) -> str:
    """Return this host's identity: machine-id(5), or its name if it has none."""
    path = root / "etc/machine-id"
    return (path.read_text().strip() if path.exists() else "") or os.uname().nodename


@dataclass(frozen=True)
class Memory:
    """The memory of this host in MiB, see proc_meminfo(5)."""

    total: int
    available: int  # without swapping
    swap_total: int
    swap_free: int


def memory(root: Path = Path("/")) -> Memory:
    """Return how much memory this host has."""
    meminfo = (root / "proc/meminfo").read_text()
    lines = re.findall(r"^(\w+):\s*(\d+) kB", meminfo, re.MULTILINE)
    found = {name: int(size) // 1024 for name, size in lines}
    swap = [found.get(name, 0) for name in ("SwapTotal", "SwapFree")]
    return Memory(found.get("MemTotal", 0), found["MemAvailable"], *swap)


def memory_free(root: Path = Path("/")) -> int:
    """Return the memory available without swapping, in MiB."""
    return memory(root).available


def cores() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0))


def adapt(facts: HostFacts) -> MachineProfile:
    """Return how system containers on this host differ from separate computers."""
    ignored = ["Swap", "NumCPU", "Mem", "SystemVerification", "FileExisting-crictl"]
    if not facts.bridge_netfilter:
        ignored.append("FileContent--proc-sys-net-bridge-bridge-nf-call-iptables")
    mounts: tuple[tuple[Path, str, str], ...] = ()
    if facts.kernel_modules:
        mounts = ((facts.kernel_modules, "/lib/modules", "ro"),)
    return MachineProfile(
        restrict_oom_score=not facts.may_raise_limits,
        # On cgroup v1, systemd removes a slice's empty directory of the devices controller while
        # runc makes a pod's below it: that pod starts ten seconds later, or thirty.
        cgroup_driver="systemd" if facts.cgroup_v2 else "cgroupfs",
        fail_cgroup_v1=facts.cgroup_v2,
        fail_swap_on=False,
        ignored_preflight=tuple(ignored),
        shared_kernel=True,
        systemd_mode=("--systemd=always",) if facts.cgroup_v2 else V1_SYSTEMD,
        open_files=MANY_FILES if facts.may_raise_limits else facts.open_files_limit,
        processes=MANY_PROCESSES if facts.may_raise_limits else facts.processes_limit,
        mounts=mounts,
    )


def none_needed() -> MachineProfile:
    """Return the profile of machines that have their own kernel, memory and cgroups."""
    return MachineProfile(
        restrict_oom_score=False,
        cgroup_driver="systemd",
        fail_cgroup_v1=True,
        fail_swap_on=True,
        ignored_preflight=("FileExisting-crictl",),
        shared_kernel=False,
        systemd_mode=(),
        open_files=MANY_FILES,
        processes=MANY_PROCESSES,
        mounts=(),
    )


def _hard_limit(kind: int, most: int) -> int:
    _, hard = resource.getrlimit(kind)
    return most if hard == resource.RLIM_INFINITY else min(hard, most)
