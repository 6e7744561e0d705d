"""`labgen bench`: one fault of the acceptance suite, measured again and again, in numbers.

The suite is pytest in a process of its own; what it saw comes back as recordings.
"""

import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from labgen.console import Console
from labgen.lab.lab import Lab
from labgen.operations import verify
from labgen.recordings import recording
from labgen.recordings.recording import Figure, Recording
from labgen.system.process import run

RUN_TIMEOUT = 600.0  # seconds; one takes about half a minute
HARNESS_LINES = 12  # of a run that measured nothing, shown
# pytest's summary, asked for by -ra: a failed test, or one whose fixtures failed.
NOT_HELD = re.compile(r"^(?:FAILED|ERROR) \S+::(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """The part of the suite that measures one fault: a file and, with only, some of its tests."""

    file: str
    recording: str
    tier: str = "full"
    only: str = ""


FAILOVER = Case("test_failover.py", "power-cut-holder.json", "ha")
PROCESSES = "test_fault_processes.py"
CASES: Mapping[str, Case] = {
    "power-cut": FAILOVER,
    "haproxy-killed": Case(PROCESSES, "haproxy-killed-holder.json", only="haproxy-killed"),
    "keepalived-killed": Case(PROCESSES, "keepalived-killed-holder.json", only="keepalived-killed"),
    "api-server-killed": Case(PROCESSES, "api-server-killed-holder.json", only="api-server-killed"),
    "partition": Case("test_fault_partition.py", "partition-holder.json"),
    "reboot": Case("test_fault_rolling_reboot.py", "rolling-reboot.json"),
}


@dataclass(frozen=True)
class Run:
    """One measurement, and the tests of the gate that the lab did not hold."""

    recording: Recording
    not_held: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One figure over all runs; budget and aim as in report.recording."""

    name: str
    unit: str
    values: tuple[float, ...]
    aim: float | None
    budget: float | None

    @property
    def cells(self) -> list[str]:
        """The row as people read it."""
        low, middle, high = min(self.values), statistics.median(self.values), max(self.values)
        limits = (self.aim, self.budget)
        return [self.name, *map(self._number, (low, middle, high)), *map(self._limit, limits)]

    def _number(self, value: float) -> str:
        return f"{value:.2f} {self.unit}" if self.unit == "s" else f"{value:g}"

    def _limit(self, value: float | None) -> str:
        return "-" if value is None else self._number(value)


HEADING = ["figure", "min", "median", "max", "aim", "budget"]


def failover(lab: Lab, runs: int, directory: Path, console: Console) -> list[Row]:
    """Cut the holder's power so many times; recordings lie in directory as run-N/NAME.json.

    A run that goes over a budget counts. Raises HarnessError for one that measured nothing.
    """
    return table(run.recording for run in measure(lab, FAILOVER, runs, directory, console))


def measure(lab: Lab, case: Case, runs: int, directory: Path, console: Console) -> list[Run]:
    """Measure one fault so many times; recordings lie in directory as run-N/NAME.json.

    Raises HarnessError for a run that measured nothing.
    """
    seen = []
    for number in range(1, runs + 1):
        seen.append(_run(lab, case, directory / f"run-{number:02d}"))
        figures = seen[-1].recording.figures
        gap = next(figure for figure in figures if figure.name.startswith("longest gap"))
        console.say(f"run {number} of {runs}: {gap.name}: {gap.value:.2f} {gap.unit}")
    return seen


def table(seen: Iterable[Recording]) -> list[Row]:
    """One row for each figure that came out, in the order of the first recording that has it."""
    found: dict[str, list[Figure]] = {}
    for figure in (figure for it in seen for figure in it.figures):
        found.setdefault(figure.name, []).append(figure)
    return [_row(figures) for figures in found.values()]


def _row(figures: Sequence[Figure]) -> Row:
    first = figures[0]
    values = tuple(figure.value for figure in figures)
    return Row(first.name, first.unit, values, first.aim, first.budget)


def _run(lab: Lab, case: Case, directory: Path) -> Run:
    path = directory / case.recording
    path.unlink(missing_ok=True)  # of an earlier bench
    options = ["-q", f"--record={directory}", *(["-k", case.only] if case.only else [])]
    argv = verify.command(lab, case.tier, options, file=case.file)
    done = run(argv, timeout=RUN_TIMEOUT, check=False)
    if not path.exists():
        tail = "\n    ".join((done.stdout + done.stderr).rstrip().splitlines()[-HARNESS_LINES:])
        raise verify.HarnessError(f"a run measured nothing; pytest said:\n    {tail}")
    return Run(recording.read(path), tuple(NOT_HELD.findall(done.stdout)))
