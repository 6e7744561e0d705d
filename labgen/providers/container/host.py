"""What prevents a host from running system containers, found before anything is created."""

import os
from pathlib import Path

from labgen.errors import HostUnfit
from labgen.machine.finding import Finding
from labgen.providers.programs import SSH, missing
from labgen.system.host import HostFacts

# The oldest that kubeadm 1.37 accepts: k8s.io/system-validators, validators/types_unix.go.
OLDEST_KERNEL = (5, 4)
PROGRAMS = {
    "podman": "apt-get install podman",
    "runc": "apt-get install runc",
    "iptables": "apt-get install iptables",
    "ip": "apt-get install iproute2",
    **SSH,
}
TO_DESTROY = {name: PROGRAMS[name] for name in ("podman", "ip", "iptables")}
INOTIFY = Path("/proc/sys/fs/inotify/max_user_instances")
INOTIFY_LEAST = 512  # four times the kernel's default, which six machines exhaust
INOTIFY_ROOMY = 8192
INOTIFY_PER_MACHINE = 60  # systemd, kubelet, containerd and pods of one machine, with room


def findings(facts: HostFacts) -> list[Finding]:
    """Return everything that prevents this host from running system containers."""
    found = []
    if not facts.root:
        found.append(Finding("labgen is not running as root", "run it as root: sudo labgen ..."))
    if facts.kernel < OLDEST_KERNEL:
        have, need = (".".join(map(str, pair)) for pair in (facts.kernel, OLDEST_KERNEL))
        found.append(Finding(f"kernel {have} is older than {need}", "boot a newer kernel"))
    found += missing(PROGRAMS)
    if _inotify_instances(INOTIFY) < INOTIFY_LEAST and not os.access(INOTIFY, os.W_OK):
        what = "fs.inotify.max_user_instances is too low and cannot be raised from here"
        found.append(Finding(what, f"sysctl fs.inotify.max_user_instances={INOTIFY_ROOMY}"))
    return found


def ensure_inotify_instances(machines: int, setting: Path = INOTIFY) -> None:
    """Raise the kernel's inotify limit where it is too low: about six machines use up the default
    of 128.

    Raises HostUnfit with the remedy if the limit cannot be raised.
    """
    need = machines * INOTIFY_PER_MACHINE * 2
    if _inotify_instances(setting) >= need:
        return
    try:
        setting.write_text(f"{max(need, INOTIFY_ROOMY)}\n")
    except OSError as error:
        raise HostUnfit(
            f"fs.inotify.max_user_instances is too low for {machines} machines",
            hint=f"sysctl fs.inotify.max_user_instances={max(need, INOTIFY_ROOMY)}",
        ) from error


def _inotify_instances(setting: Path) -> int:
    return int(setting.read_text())
