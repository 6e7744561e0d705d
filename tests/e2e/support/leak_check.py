"""Find what is left of a lab on this host, independently of labgen's own code."""

import json
import os
import re
from pathlib import Path

from labgen.lab.lab import Lab
from labgen.system import paths
from labgen.system.process import run


def leaks(lab: Lab) -> list[str]:
    """Return everything that has the lab's name or id; empty if nothing is left."""
    marks = (lab.id, f"labgen-{lab.name}", f"{lab.name}-{lab.id}", str(lab.directory))
    return [line for line in _everything() if any(mark in line for mark in marks)]


def packet_filter() -> str:
    """Return this network namespace's nft ruleset without counters; the same before `up` and after
    `down`."""
    listed = run(["nft", "list", "ruleset"], timeout=30).stdout
    return re.sub(r" packets \d+ bytes \d+", "", listed)


def _everything() -> list[str]:
    return [
        *_containers(),
        *_lines("network namespace", ["ip", "netns", "list"]),
        *_lines("link", ["ip", "-o", "link", "show"]),
        *_lines("address", ["ip", "-o", "address", "show"]),
        *_lines("route", ["ip", "route", "show", "table", "all"]),
        *_lines("firewall", ["iptables-save"]),
        *_lines("container network", ["podman", "network", "ls", "--format", "{{.Name}}"]),
        *_lines("volume", ["podman", "volume", "ls", "--format", "{{.Name}} {{.Mountpoint}}"]),
        *(f"mount {line}" for line in Path("/proc/self/mountinfo").read_text().splitlines()),
        *_directories(),
        *_processes(),
        *_kubeconfig(),
    ]


def _lines(what: str, argv: list[str]) -> list[str]:
    return [f"{what}: {line}" for line in run(argv, timeout=30).stdout.splitlines()]


def _containers() -> list[str]:
    listed = json.loads(run(["podman", "ps", "--all", "--format", "json"], timeout=30).stdout)
    return [f"container {entry['Names']} {entry['Labels']}" for entry in listed or []]


def _directories() -> list[str]:
    parents = (paths.state() / "labs", paths.cache() / "disks", Path("/run/labgen"))
    return [f"{path}" for parent in parents if parent.is_dir() for path in parent.iterdir()]


def _processes() -> list[str]:
    """Return SSH's shared connections, and processes that wait to heal a fault."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if (
                entry / "comm"
            ).read_text().strip() == "ssh" or "labgen.faults.heal_timer_process" in words:
                found.append(f"process {entry.name}: {words}")
        except OSError:
            continue  # ended meanwhile
    return found


def _kubeconfig() -> list[str]:
    path = Path(os.environ["KUBECONFIG"])
    return path.read_text().splitlines() if path.exists() else []
