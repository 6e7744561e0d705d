"""Real time for machine-containers, on kernels that ration it by cgroup.

With CONFIG_RT_GROUP_SCHED and cgroup v1 a new cgroup has none, and keepalived's wish for real-time
priority is refused (Documentation/scheduler/sched-rt-group.rst). Other kernels ration nothing.
"""

from contextlib import suppress
from pathlib import Path

CPU = "sys/fs/cgroup/cpu"
RATION = "cpu.rt_runtime_us"  # microseconds of each second
MACHINE = (
    50_000  # keepalived of profile fast needs some 1,000; without the rest it would stand still
)
ALL = 900_000  # of all machines; the kernel has 950,000 to give unless it was told otherwise


def rationed(root: Path = Path("/")) -> bool:
    """Whether this kernel does that."""
    return (root / CPU / RATION).exists()


def grant(container: str, root: Path = Path("/")) -> None:
    """Give the machine-container of that id its ration, which a start takes away. Without one, as
    where all is given to others, keepalived runs like any process."""
    for own in (root / CPU).glob(f"*/libpod-{container}*"):
        _raise(own.parent, ALL)
        _raise(own, MACHINE)


def _raise(group: Path, ration: int) -> None:
    with suppress(OSError):  # the kernel refuses what is more than there is
        if int((group / RATION).read_text()) < ration:
            (group / RATION).write_text(str(ration))
