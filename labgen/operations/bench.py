"""`labgen bench`: run one fault of the acceptance suite several times, and report the figures.

The suite is pytest in a separate process. It writes recordings, which are read here.
"""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from labgen.console import Console
from labgen.lab.lab import Lab
from labgen.operations import verdict as verdicts
from labgen.operations import verify
from labgen.recordings import metrics, recording
from labgen.recordings.recording import Figure, Recording
from labgen.report.formatting import number
from labgen.system.process import run

RUN_TIMEOUT = 600.0  # seconds; one takes about half a minute
HARNESS_LINES = 12  # shown of a run that measured nothing


@dataclass(frozen=True)
class Case:
    """The part of the suite that measures one fault: a file, or only the tests in it that match."""

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
    """One run, and the tests of the suite that failed on the lab."""

    recording: Recording
    failed: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One figure over all runs."""

    metric: str
    client: str  # the kind of client, empty for a figure of the whole cluster
    unit: str
    values: tuple[float, ...]
    expected: float | None
    limit: float | None

    @property
    def cells(self) -> list[str]:
        """Return the cells of the row as text for users."""
        low, middle, high = min(self.values), statistics.median(self.values), max(self.values)
        bounds = (self.expected, self.limit)
        name = f"{self.metric}, {self.client}" if self.client else self.metric
        return [name, *map(self._number, (low, middle, high)), *map(self._bound, bounds)]

    def _number(self, value: float) -> str:
        if self.unit == "s":
            return f"{value:.2f} s"
        return f"{value:.1f} ms" if self.unit == "ms" else number(value)

    def _bound(self, value: float | None) -> str:
        return "-" if value is None else self._number(value)


HEADING = ["figure", "min", "median", "max", "expected", "limit"]


def failover(lab: Lab, runs: int, directory: Path, console: Console) -> list[Row]:
    """Cut the VIP holder's power `runs` times; recordings are in directory as run-N/NAME.json.

    A run that exceeds a limit is included. Raises HarnessError for a run that measured nothing.
    """
    return table(run.recording for run in measure(lab, FAILOVER, runs, directory, console))


def measure(lab: Lab, case: Case, runs: int, directory: Path, console: Console) -> list[Run]:
    """Measure one fault `runs` times; recordings are in directory as run-N/NAME.json.

    Raises HarnessError for a run that measured nothing.
    """
    seen = []
    for turn in range(1, runs + 1):
        seen.append(_run(lab, case, directory / f"run-{turn:02d}"))
        figures = seen[-1].recording.figures
        gap = next(figure for figure in figures if figure.metric == metrics.LONGEST_GAP)
        console.say(f"run {turn} of {runs}: {gap.name}: {gap.value:.2f} {gap.unit}")
    return seen


def table(seen: Iterable[Recording]) -> list[Row]:
    """Return a row for each figure, in the order of the first recording that has it."""
    found: dict[tuple[str, str], list[Figure]] = {}
    for figure in (figure for it in seen for figure in it.figures):
        found.setdefault((figure.metric, figure.client), []).append(figure)
    return [_row(figures) for figures in found.values()]


def _row(figures: Sequence[Figure]) -> Row:
    first = figures[0]
    values = tuple(figure.value for figure in figures)
    return Row(first.metric, first.client, first.unit, values, first.expected, first.limit)


def _run(lab: Lab, case: Case, directory: Path) -> Run:
    path = directory / case.recording
    path.unlink(missing_ok=True)  # of an earlier bench
    options = ["-q", f"--record={directory}", *(["-k", case.only] if case.only else [])]
    with TemporaryDirectory(prefix="labgen-bench-") as scratch:
        place = Path(scratch) / "verdict.json"
        argv = verify.command(lab, case.tier, options, place, file=case.file)
        done = run(argv, timeout=RUN_TIMEOUT, check=False, env=verify.environment())
        verdict = verdicts.read(place)
    if verdict is None or not path.exists():
        tail = "\n    ".join((done.stdout + done.stderr).rstrip().splitlines()[-HARNESS_LINES:])
        raise verify.HarnessError(f"a run measured nothing; pytest's output ends with:\n    {tail}")
    failed = (name.rpartition("::")[2] for name in (*verdict.failed, *verdict.errors))
    return Run(recording.read(path), tuple(failed))
