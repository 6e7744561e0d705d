"""Real time for machine-containers, on kernels that ration it by cgroup.

With CONFIG_RT_GROUP_SCHED and cgroup v1 a new cgroup has none, and keepalived's wish for real-time
priority is refused (Documentation/scheduler/sched-rt-group.rst). Other kernels ration nothing.
"""

from contextlib import suppress
from pathlib import Path

CPU = "sys/fs/cgroup/cpu"
RATION = "cpu.rt_runtime_us"  # microseconds of each second
ALL = 900_000  # of all machines; the kernel has 950,000 to give unless it was told otherwise


def allow(root: Path = Path("/")) -> None:
    """Let machine-containers have some: what all of podman's have together. Each takes its part by
    itself, at each of its starts: provisioners/files/real-time."""
    with suppress(OSError):  # no such rations, or the kernel has given them to others
        for group in {path.parent for path in (root / CPU).glob("*/libpod-*")}:
            if int((group / RATION).read_text()) < ALL:
                (group / RATION).write_text(str(ALL))
