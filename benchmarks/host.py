"""What is known of the host, and what of it is in use."""

import os
import re
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.command import Labgen

MEMINFO = Path("/proc/meminfo")
STAT = Path("/proc/stat")


def facts(labgen: Labgen) -> Mapping[str, str | float]:
    """Return what figures depend on. The load is that before the first lab."""
    model = re.search(r"^model name\s*: (.*)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    bundles = labgen.data("bundle", "list")
    return {
        "cores": os.cpu_count() or 1,
        "processor": model[1] if model else "",
        "memory GiB": round(_meminfo("MemTotal"), 1),
        "kernel": os.uname().release,
        "labgen": labgen.output("--version").strip().rpartition(" ")[2],
        "bundles": ", ".join(sorted(str(it["name"]) for it in bundles)),
        "load before": os.getloadavg()[0],
        "busy cores before": round(busy_cores(1.0), 2),
    }


def memory_available() -> float:
    """MemAvailable in GiB: what could be used without swapping, proc_meminfo(5)."""
    return _meminfo("MemAvailable")


def busy_cores(seconds: float) -> float:
    """Return the number of cores that were busy on average over that many seconds."""
    begin, busy = time.monotonic(), busy_seconds()
    time.sleep(seconds)
    return (busy_seconds() - busy) / (time.monotonic() - begin)


def busy_seconds() -> float:
    """Return for how many seconds cores were busy since the boot, in sum: proc_stat(5)."""
    words = STAT.read_text().splitlines()[0].split()[1:8]
    user, nice, system, _idle, _iowait, irq, softirq = map(int, words)
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _meminfo(name: str) -> float:
    found = re.findall(rf"^{name}:\s*(\d+)", MEMINFO.read_text(), re.MULTILINE)
    return int(found[0]) / 1024**2
