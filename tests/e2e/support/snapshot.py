"""Snapshots of a machine's state, which must be the same before `up` and after `down`."""

import re
from collections.abc import Sequence
from functools import partial

from labgen.system.parallel import gather
from labgen.system.process import run
from tests.e2e.support.bare_machines import DISKS, BareMachine

Snapshot = dict[str, set[str]]

# Logs and caches; what package tools write about themselves; what a running system rewrites; that
# somebody used sudo.
PASSED_OVER = re.compile(
    r"/(var/(log|cache|lib/(apt|dpkg|ucf|systemd|containerd|kubelet|etcd))|etc/ld\.so\.cache"
    r"|etc/(passwd|group|shadow|gshadow|subuid|subgid)-|etc/\.pwd\.lock|home/[^/]+/\.sudo_as_admin_successful)(/|$)"
)
# consoles, which a container lacks: systemd starts their gettys again and again
CONSOLE = "getty"
# of single interfaces, and counters
FLEETING = re.compile(r"/(conf|neigh)/(?!all/|default/)|count:|/netns|/debug/")
FILES = (
    "find / -xdev -path /var/cache -prune -o -printf '%p %y %m %u:%g %l\\n'; "
    "find / -xdev -path /var/cache -prune -o -type f -exec sha256sum {} + | "
    "sed -E 's/^([0-9a-f]+)  (.*)/\\2 \\1/'"
)
SETTINGS = "find /proc/sys/net -type f -readable -exec grep -H . {} + 2>/dev/null; true"
PROGRAMS = "cat /proc/[0-9]*/comm 2>/dev/null | sort -u; true"
QUESTIONS = {
    "packages": "dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\\n'",
    "chosen packages": "apt-mark showmanual; apt-mark showhold",
    "disks": f"cd /var/lib && find {' '.join(DISKS)}",
    "enabled units": "systemctl list-unit-files --state=enabled --no-legend | cut -d' ' -f1",
    "failed units": "systemctl list-units --failed --no-legend --plain | cut -d' ' -f1",
    "running services": (
        "systemctl list-units --type=service --state=running --no-legend --plain | cut -d' ' -f1"
    ),
    "mounts": "cut -d' ' -f2 /proc/mounts",
    "swaps": "cat /proc/swaps",
    "hostname": "cat /proc/sys/kernel/hostname",
}
NETWORK = {
    "links": ["ip", "-o", "link", "show"],
    "addresses": ["ip", "-o", "-4", "address", "show"],
    "routes": ["ip", "route", "show", "table", "all"],
    "firewall": ["nft", "list", "ruleset"],
}


def snapshots(machines: Sequence[BareMachine]) -> list[Snapshot]:
    """Take a snapshot of each machine, concurrently."""
    taken = gather({machine.name: partial(snapshot, machine) for machine in machines})
    return [taken[machine.name] for machine in machines]


def snapshot(machine: BareMachine) -> Snapshot:
    """Return the machine's state: for each kind, a set of lines."""
    programs = _programs(machine)
    seen = {what: set(_inside(machine, script)) for what, script in QUESTIONS.items()}
    seen["files"] = {
        line for line in _inside(machine, FILES) if not PASSED_OVER.match(line.partition(" ")[0])
    }
    seen["settings"] = {line for line in _inside(machine, SETTINGS) if not FLEETING.search(line)}
    # what stays: systemd starts each of its services as a program with a number for a name
    seen["programs"] = programs & _programs(machine)
    for what in ("programs", "running services", "failed units"):
        seen[what] = {line for line in seen[what] if CONSOLE not in line}
    entering = ["nsenter", f"--net=/run/netns/{machine.container}"]
    for what, argv in NETWORK.items():
        seen[what] = set(run([*entering, *argv], timeout=30).stdout.splitlines())
    return seen


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """Return each line that is in only one of the snapshots."""
    found = []
    for what, was in before.items():
        found += [f"{what} gone: {line}" for line in sorted(was - after[what])]
        found += [f"{what} new: {line}" for line in sorted(after[what] - was)]
    return found


def _programs(machine: BareMachine) -> set[str]:
    """Return the running programs, except the query and the login."""
    return set(_inside(machine, PROGRAMS)) - {"sh", "cat", "sort", "sshd-session"}


def _inside(machine: BareMachine, script: str) -> list[str]:
    return machine.inside("sh", "-c", script, timeout=120).stdout.splitlines()
