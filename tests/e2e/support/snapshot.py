"""A machine's state, seen from beside it: to be the same before labgen came and after it left."""

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
    """Of each of the machines, side by side."""
    taken = gather({machine.name: partial(snapshot, machine) for machine in machines})
    return [taken[machine.name] for machine in machines]


def snapshot(machine: BareMachine) -> Snapshot:
    """What there is of each kind, as lines."""
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
    """Each line that is only in one of them."""
    found = []
    for what, was in before.items():
        found += [f"{what} gone: {line}" for line in sorted(was - after[what])]
        found += [f"{what} new: {line}" for line in sorted(after[what] - was)]
    return found


def _programs(machine: BareMachine) -> set[str]:
    """What runs at this moment, but for the question and the login."""
    return set(_inside(machine, PROGRAMS)) - {"sh", "cat", "sort", "sshd-session"}


def _inside(machine: BareMachine, script: str) -> list[str]:
    return machine.inside("sh", "-c", script, timeout=120).stdout.splitlines()
