"""Stop all processes of control groups at one moment, and let them run again.

The kernel's cgroup freezer does this: cgroup v2's cgroup.freeze, or the controller freezer of v1
(Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/freezer-subsystem.rst of the kernel).
"""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from labgen.errors import HostUnfit
from labgen.system.wait import NotYet, until

ROOT = Path("/sys/fs/cgroup")
TIMEOUT = 10.0  # seconds until all processes stand still
# Reads until its input ends, which is when the process that started it closes the pipe or dies.
GUARD = 'cat >/dev/null; thaw=$1; shift; for file; do echo "$thaw" >"$file"; done'


@dataclass(frozen=True)
class Switch:
    """The files that freeze a group, and what is written to them and read from them."""

    control: Path
    state: Path
    freeze: str
    thaw: str
    is_frozen: str

    def ensure_frozen(self) -> None:
        """Raise NotYet if processes of the group still run."""
        found = self.state.read_text()
        if self.is_frozen not in found.splitlines():
            # v1 gives up when a process was created meanwhile, and wants to be told again
            self.control.write_text(self.freeze)
            raise NotYet(found.strip())


@contextmanager
def frozen(groups: Sequence[str]) -> Iterator[None]:
    """Freeze the control groups, named from the root of the hierarchy, for the time of the block.

    They are thawed in any case: a process of its own does it if this one is killed. Raises
    HostUnfit if the host has no freezer, LabgenError if processes do not stand still.
    """
    switches = [_switch(group) for group in groups]
    words = ["sh", "-c", GUARD, "guard", *{it.thaw for it in switches}]
    files = [str(it.control) for it in switches]
    with subprocess.Popen(
        [*words, *files],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as guard:
        try:
            for switch in switches:
                switch.control.write_text(switch.freeze)
            for switch in switches:
                until(
                    switch.ensure_frozen,
                    what=f"the processes of {switch.control.parent.name} standing still",
                    timeout=TIMEOUT,
                    interval=0.005,
                )
            yield
        finally:
            for switch in switches:
                switch.control.write_text(switch.thaw)
            guard.communicate()


def _switch(group: str) -> Switch:
    below = group.lstrip("/")
    for root in (ROOT, ROOT / "unified"):
        directory = root / below
        if (directory / "cgroup.freeze").exists() and not (ROOT / "freezer").exists():
            return Switch(
                directory / "cgroup.freeze", directory / "cgroup.events", "1", "0", "frozen 1"
            )
    directory = ROOT / "freezer" / below
    control = directory / "freezer.state"
    if control.exists():
        return Switch(control, control, "FROZEN", "THAWED", "FROZEN")
    raise HostUnfit(
        f"the processes of {group} cannot be frozen",
        last_seen=f"neither {ROOT / below}/cgroup.freeze nor {control} exists",
        hint="a kernel with the cgroup freezer is needed",
    )
