"""What is measured of one scenario, in order. A run begins without the lab and leaves none."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import host, idle
from benchmarks.api import connect
from benchmarks.command import Labgen, uninterrupted
from benchmarks.failover import failover
from labgen.errors import LabgenError
from labgen.up.bring_up import UNCHANGED

SETTLE = 20.0  # seconds: after `up`, leases, caches and probes are still busy
IDLE = 60.0  # seconds over which an idle lab is observed
HEALTHY = 300.0  # seconds within which a lab becomes healthy
LABEL = "benchmark"  # of the checkpoint
WARM = "warm start:"  # what a warm `up` says
# What can be measured, in order: an idle lab is observed before anything is done to it.
PARTS: Mapping[str, str] = {
    "up": "bring up a lab from scratch, and bring up again the healthy lab",
    "memory": "memory of the host",
    "idle": "busy cores of an idle lab, by component",
    "failover": "power cut of the VIP holder, of a lab with several control planes",
    "checkpoint": "save and restore a checkpoint",
    "power": "power cut of all machines, and power on until the lab is healthy",
    "down": "remove the lab",
    "warm": "bring up a lab from the copy of an earlier one",
}
Figures = dict[str, float]


@dataclass
class Run:
    """One run: the lab under its own name, and what was measured."""

    labgen: Labgen
    scenario: str
    figures: Figures = field(default_factory=dict)

    @property
    def lab(self) -> str:
        """Return the name of the lab, which no user's lab has by accident."""
        return f"bench-{Path(self.scenario).stem}"

    @contextmanager
    def up(self, *options: str) -> Iterator[tuple[float, str]]:
        """Bring the lab up, yield the seconds and the messages, and take it down after the block,
        whatever happens in it."""
        try:
            yield self.labgen.timed_with_messages(*self._words, *options)
        except BaseException:
            with uninterrupted():
                self.labgen.succeeds("down", self.lab)
            raise
        with uninterrupted():
            self.figures["down"] = self.labgen.timed("down", self.lab)

    def up_again(self) -> None:
        """Bring up the healthy lab. Raises LabgenError if that changes anything."""
        self.figures["up again"], said = self.labgen.timed_with_messages(*self._words)
        if UNCHANGED not in said:
            raise LabgenError("a second `labgen up` changed something", last_seen=said)

    def warm_up(self) -> None:
        """Bring up a lab that is made from an earlier one, and take it down.

        The first try keeps a lab if none is kept, and then the second one is made from it.
        """
        for _ in range(2):
            with self.up() as (seconds, said):
                pass
            if WARM in said:
                self.figures["warm up"] = seconds
                return

    @property
    def _words(self) -> tuple[str, ...]:
        return ("up", self.scenario, "--name", self.lab)


def measure(labgen: Labgen, scenario: str, parts: Collection[str]) -> Figures:
    """Measure those parts of PARTS in one run, and return the figures.

    A part that this version or this lab does not have is left out. Raises LabgenError if a lab of
    that name exists, and when a command fails.
    """
    run = Run(labgen, scenario)
    if run.lab in {it["name"] for it in labgen.data("list")}:
        raise LabgenError(f"a lab {run.lab} exists", hint=f"labgen down {run.lab}")
    keeps = labgen.knows("--cold", "up")
    free = host.memory_available()
    with run.up(*(["--cold"] if keeps and "up" in parts else [])) as (seconds, _):
        run.figures["up"] = seconds
        if "up" in parts:
            run.up_again()
        if {"memory", "idle"} & set(parts):
            time.sleep(SETTLE)
        run.figures["memory"] = free - host.memory_available()
        for part in (it for it in PARTS if it in parts and it in ON_A_LAB):
            run.figures |= ON_A_LAB[part](labgen, run.lab)
    down = run.figures["down"]
    if keeps and "warm" in parts:
        run.warm_up()
    run.figures["down"] = down
    return {name: value for name, value in run.figures.items() if _part(name) in parts}


def _part(figure: str) -> str:
    """Return the part that a figure belongs to: its first word."""
    return figure.partition(" ")[0].rstrip(":")


def _idle(labgen: Labgen, lab: str) -> Figures:
    found = idle.cores(labgen, lab, IDLE)
    machines = sum(it for component, it in found.items() if component != idle.HOST)
    return {"idle": machines, **{f"idle: {name}": it for name, it in found.items()}}


def _failover(labgen: Labgen, lab: str) -> Figures:
    if len(labgen.data("status", lab)["etcd"]) == 1:
        return {}
    found = failover(labgen, lab)
    _await_healthy(labgen, lab)
    return found


def _checkpoint(labgen: Labgen, lab: str) -> Figures:
    save = labgen.timed("checkpoint", "save", lab, LABEL)
    size = next(it["size"] for it in labgen.data("checkpoint", "list", lab) if it["name"] == LABEL)
    restore = labgen.timed("checkpoint", "restore", lab, LABEL)
    figures = {"checkpoint: save": save, "checkpoint: restore until healthy": restore}
    return figures if size is None else figures | {"checkpoint: size": size / 1024**2}


def _power(labgen: Labgen, lab: str) -> Figures:
    with connect(labgen, lab) as client:
        labgen.timed("stop", lab, "--now")
        begin = time.monotonic()
        labgen.timed("start", lab)
        while not client.request().good:
            _ensure_in_time(begin, f"the API of lab {lab} does not answer")
            time.sleep(0.1)
        answers = time.monotonic() - begin
        _await_healthy(labgen, lab)
        return {"power on: API answers": answers, "power on: healthy": time.monotonic() - begin}


ON_A_LAB: Mapping[str, Callable[[Labgen, str], Figures]] = {
    "idle": _idle,
    "failover": _failover,
    "checkpoint": _checkpoint,
    "power": _power,
}


def _await_healthy(labgen: Labgen, lab: str) -> None:
    """Wait until the lab is healthy, as `labgen status` defines it, which takes about a second."""
    begin = time.monotonic()
    while not labgen.succeeds("status", lab):
        _ensure_in_time(begin, f"lab {lab} is not healthy")


def _ensure_in_time(begin: float, otherwise: str) -> None:
    if time.monotonic() - begin > HEALTHY:
        raise LabgenError(f"{otherwise} within {HEALTHY:g} s", hint="labgen status")
