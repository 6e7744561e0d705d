"""Time of the processors that nobody else wants, for a run that has no hurry.

A nice value would not do: the kernel shares time out among sessions first (autogroup, sched(7)),
and QEMU begins one for each machine. A cgroup that is idle stands behind all of them.
"""

from contextlib import suppress
from functools import partial
from pathlib import Path

from labgen.system.wait import NotYet, until
from tests.labs.runs import Run

# where cgroups of the controller cpu are made: v1, v2
ROOTS = (Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup"))
ENTER = 'echo $$ >"$0/cgroup.procs" && exec "$@"'
LEFT = 20.0  # seconds until the last process has left


def words(run_: Run) -> list[str]:
    """The words before a command that is to have such time only: a nice value where no idle cgroup
    can be made."""
    for group in _groups(run_):
        if _made(group):
            return ["sh", "-c", ENTER, str(group)]
    return ["nice", "-n", "19"]


def remove(run_: Run) -> None:
    """Remove the run's cgroup, if it has one, once its processes have ended."""
    for group in _groups(run_):
        if group.exists():
            until(partial(_removed, group), what=f"the end of all in {group}", timeout=LEFT)


def _made(group: Path) -> bool:
    with suppress(OSError):  # the other version's place, or not to be written
        group.mkdir()
        if (group / "cpu.idle").exists():  # since Linux 5.15
            (group / "cpu.idle").write_text("1")
            return True
        group.rmdir()
    return False


def _removed(group: Path) -> None:
    try:
        group.rmdir()
    except OSError as error:
        left = (group / "cgroup.procs").read_text().split()
        raise NotYet(f"processes {', '.join(left)}") from error


def _groups(run_: Run) -> list[Path]:
    return [root / run_.namespace for root in ROOTS]
