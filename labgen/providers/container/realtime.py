"""Real-time scheduling for system containers, on kernels that limit it by cgroup.

With CONFIG_RT_GROUP_SCHED and cgroup v1 a new cgroup has no real-time share, and the kernel refuses
keepalived's real-time priority (Documentation/scheduler/sched-rt-group.rst). Other kernels have no
such limit.
"""

from contextlib import suppress
from pathlib import Path

CPU = "sys/fs/cgroup/cpu"
RATION = "cpu.rt_runtime_us"  # microseconds of each second
ALL = 900_000  # of all machines; the kernel has 950,000 by default


def allow(root: Path = Path("/")) -> None:
    """Give a real-time share to podman's containers together. Each machine takes its part of it
    whenever it starts: provisioners/files/real-time."""
    with suppress(OSError):  # no such rations, or the kernel has given all to others
        for group in {path.parent for path in (root / CPU).glob("*/libpod-*")}:
            if int((group / RATION).read_text()) < ALL:
                (group / RATION).write_text(str(ALL))
