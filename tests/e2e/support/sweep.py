"""Remove what killed runs of the end-to-end tests left: first by `labgen down`, then by name.

`python -m tests.e2e.support.sweep` does this for every killed run; `make clean` calls it.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from labgen.errors import LabgenError
from labgen.lab import identity
from labgen.system import mounts, netns, paths, podman
from labgen.system.process import run
from labgen.system.wait import NotYet, until
from tests.e2e.support import bare_machines, runs
from tests.e2e.support.runs import Run

ROOT = Path(__file__).parents[3]
LABGEN = ROOT / ".venv/bin/labgen"
DIRECTORY = "labgen.directory"  # the label that names a container's lab
GRACE = 15.0  # seconds for an orphaned labgen to end by itself


def sweep_dead_runs() -> list[str]:
    """Remove everything that killed runs left, and return a description of it."""
    found = []
    with runs.dead() as left:
        for run_ in left:
            found.append(f"run {run_.id}")
            found += remove(run_)
    return found


def remove(run_: Run) -> list[str]:
    """Remove the run with everything left of it, even if it was only partially created."""
    found = end_processes(run_)
    found += [f"lab {lab.name}" for lab in run_.labs]
    ids = [identity.known(lab) or identity.older(lab) for lab in run_.labs]
    for lab in run_.labs:
        _take_down(run_, lab.name)
    found += _remove_containers(run_)
    for lab_id in ids:
        found += _remove_places(lab_id)
    for space in bare_machines.namespaces(run_):
        run(["ip", "netns", "delete", space], timeout=30)
    mounts.unmount_below(run_.directory)
    if (netns.NAMED / run_.namespace).exists():
        run(["ip", "netns", "delete", run_.namespace], timeout=30)
    shutil.rmtree(run_.directory)
    return found


def end_processes(run_: Run) -> list[str]:
    """End Python and ssh processes that still belong to the run: SIGTERM, then SIGKILL."""
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
    """Return the run's processes, which have its directory in their environment. conmon is
    podman's."""
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
    """Remove the lab by labgen; the rest of remove() removes what remains."""
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


def _remove_places(lab_id: str) -> list[str]:
    """Remove namespaces, disks and sockets: the lab's id is in their names, see Lab.id."""
    namespaces = list(netns.NAMED.glob(f"labgen-{lab_id}-*"))
    for namespace in namespaces:
        run(["ip", "netns", "delete", namespace.name], timeout=30)
    directories = [*(paths.cache() / "disks").glob(f"*-{lab_id}")]
    directories += Path("/run/labgen").glob(lab_id)
    for directory in directories:
        mounts.unmount_below(directory)
        shutil.rmtree(directory)
    return [str(path) for path in (*namespaces, *directories)]


if __name__ == "__main__":
    for what in sweep_dead_runs():
        sys.stdout.write(f"removed {what}\n")
