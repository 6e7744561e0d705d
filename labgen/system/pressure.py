"""Whether this host is overloaded, so that what is slow may not be the fault of a lab.

Linux reports pressure in /proc/pressure: the share of the last ten seconds in which tasks waited
for a resource (Documentation/accounting/psi.rst). Where the kernel has none, the load is used.
"""

import os
from pathlib import Path

DIRECTORY = Path("/proc/pressure")
LOAD = Path("/proc/loadavg")
# By resource: which line is read, its limit in percent, and what tasks wait for. "some" counts
# the time in which one task or more waited, "full" that in which all did, so nothing was done.
# A busy host has tasks that wait for a processor: with ten programs on two cores, cpu was 70.
RESOURCES = {
    "cpu": ("some", 90.0, "a processor"),
    "io": ("full", 40.0, "a disk"),
    "memory": ("full", 10.0, "memory"),
}
MOST = 5.0  # tasks per core that run or wait to, as the load counts them


def overload() -> str:
    """Return one sentence that names what this host lacks; empty if it is not overloaded."""
    if not DIRECTORY.is_dir():
        return _by_load()
    found = {name: _pressure(name, line) for name, (line, _, _) in RESOURCES.items()}
    lacks = [
        f"for {what} in {found[name]:.0f} %"
        for name, (_, limit, what) in RESOURCES.items()
        if found[name] >= limit
    ]
    if not lacks:
        return ""
    return f"this host is overloaded: tasks waited {' and '.join(lacks)} of the last 10 seconds"


def _pressure(resource: str, line: str) -> float:
    """Return the percentage of the last ten seconds; 0 where the kernel reports none."""
    try:
        text = (DIRECTORY / resource).read_text()
    except OSError:  # the kernel was built with it and booted without: EOPNOTSUPP
        return 0.0
    for words in map(str.split, text.splitlines()):
        if words[:1] == [line] and len(words) > 1:
            return float(words[1].removeprefix("avg10="))
    return 0.0


def _by_load() -> str:
    try:
        load = float(LOAD.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return ""
    cores = len(os.sched_getaffinity(0))
    if load / cores < MOST:
        return ""
    return f"this host is overloaded: its load is {load:g} on {cores} cores"
