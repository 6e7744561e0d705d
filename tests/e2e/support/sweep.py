"""Removing what runs of the real-lab tests left on this host: `labgen down` first, then by name.

`python -m tests.e2e.support.sweep` sweeps after every run that was killed; `make clean` calls it.
"""

import hashlib
import os
import shutil
import signal
import sys
from pathlib import Path

from labgen.errors import LabgenError
from labgen.system import mounts, netns, paths, podman
from labgen.system.process import run
from labgen.system.wait import NotYet, until
from tests.e2e.support import bare_machines, runs
from tests.e2e.support.runs import Run

ROOT = Path(__file__).parents[3]
LABGEN = ROOT / ".venv/bin/labgen"
DIRECTORY = "labgen.directory"  # the label that tells whose container it is
GRACE = 15.0  # seconds for an orphaned labgen to end by itself


def sweep_dead_runs() -> list[str]:
    """Remove all that killed runs left; returns what that was, in words."""
    found = []
    with runs.dead() as left:
        for run_ in left:
            found.append(f"run {run_.id}")
            found += remove(run_)
    return found


def remove(run_: Run) -> list[str]:
    """Remove the run with all that is left of it, also from a half-made state."""
    found = end_processes(run_)
    found += [f"lab {lab.name}" for lab in run_.labs]
    for lab in run_.labs:
        _take_down(run_, lab.name)
    found += _remove_containers(run_)
    for lab in run_.labs:
        found += _remove_places(lab)
    for space in bare_machines.namespaces(run_):
        run(["ip", "netns", "delete", space], timeout=30)
    mounts.unmount_below(run_.directory)
    if (netns.NAMED / run_.namespace).exists():
        run(["ip", "netns", "delete", run_.namespace], timeout=30)
    shutil.rmtree(run_.directory)
    return found


def end_processes(run_: Run) -> list[str]:
    """End Python and ssh processes that still work for the run: SIGTERM, then SIGKILL."""
    orphans = _processes(run_)
    for pid in orphans:
        _signal(pid, signal.SIGTERM)

    def ended() -> None:
        if left := _processes(run_):
            raise NotYet(f"processes {left} are left")

    try:
        until(ended, what="the end of a killed run's processes", timeout=GRACE)
    except LabgenError:
        for pid in _processes(run_):
            _signal(pid, signal.SIGKILL)
    return [f"process {pid}" for pid in orphans]


def _processes(run_: Run) -> list[int]:
    """A run's processes carry its directory in their environment; conmon stays with podman."""
    mark = f"{runs.VARIABLE}={run_.directory}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            ours = mark in (entry / "environ").read_bytes().split(b"\0")
            program = (entry / "exe").readlink().name
        except OSError:
            continue  # ended meanwhile
        if ours and (program == "ssh" or program.startswith("python")):
            found.append(int(entry.name))
    return [pid for pid in found if pid != os.getpid()]


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _take_down(run_: Run, lab: str) -> None:
    """Have labgen do it; what it cannot, the rest of remove() does."""
    if not LABGEN.exists():
        return
    place = netns.NAMED / run_.namespace
    entering = ["nsenter", f"--net={place}"] if place.exists() else []
    try:
        run([*entering, LABGEN, "down", lab], timeout=120, env=run_.environment())
    except LabgenError as error:
        sys.stderr.write(f"labgen down {lab}: {error}\n")


def _remove_containers(run_: Run) -> list[str]:
    if shutil.which("podman") is None:
        return []
    ours = [
        container.name
        for container in podman.containers(DIRECTORY)
        if container.labels[DIRECTORY].startswith(f"{run_.state}/")
    ]
    podman.remove(ours)
    return [f"container {name}" for name in ours]


def _remove_places(lab: Path) -> list[str]:
    """Namespaces, disks and sockets: their names hold the lab's id, see Lab.id."""
    identity = hashlib.sha256(str(lab).encode()).hexdigest()[:8]
    namespaces = list(netns.NAMED.glob(f"labgen-{identity}-*"))
    for namespace in namespaces:
        run(["ip", "netns", "delete", namespace.name], timeout=30)
    directories = [*(paths.cache() / "disks").glob(f"*-{identity}")]
    directories += Path("/run/labgen").glob(identity)
    for directory in directories:
        mounts.unmount_below(directory)
        shutil.rmtree(directory)
    return [str(path) for path in (*namespaces, *directories)]


if __name__ == "__main__":
    for what in sweep_dead_runs():
        sys.stdout.write(f"removed {what}\n")
