"""`labgen bench compare`: the same fault on two labs, one after the other, figure by figure.

Each lab is on the host alone while it is measured, unless it was there before.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from labgen.console import Console
from labgen.errors import LabgenError
from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.operations.bench import Case, Run, measure
from labgen.operations.down import teardown
from labgen.recordings.compare import Comparison, compare
from labgen.recordings.loader import Named
from labgen.recordings.recording import Figure, Recording
from labgen.scenario.dump import settings
from labgen.scenario.model import Scenario
from labgen.system.interrupt import Interrupted
from labgen.up.bring_up import bring_up

UP = "until the lab is up"
NOT_HELD = "tests of the gate not held"


@dataclass(frozen=True)
class Side:
    """What is compared: a lab that is up, or the scenario of one to be brought up as lab."""

    lab: str
    scenario: Scenario | None = None


@dataclass(frozen=True)
class SideBySide:
    """Both sides' figures, the settings in which they differ, and the tests that were not held by
    name, with the number of runs that broke them."""

    comparison: Comparison
    not_held_a: Counter[str]
    not_held_b: Counter[str]


@dataclass(frozen=True)
class Measured:
    scenario: Scenario
    runs: Sequence[Run]
    up: float | None

    @property
    def recordings(self) -> list[Named]:
        """One for each run, with the gate's verdict and the time it took to bring the lab up."""
        return [
            Named(f"run-{number}", self._judged(number, run))
            for number, run in enumerate(self.runs)
        ]

    @property
    def not_held(self) -> Counter[str]:
        return Counter(test for run in self.runs for test in run.not_held)

    def _judged(self, number: int, run: Run) -> Recording:
        more = [Figure(NOT_HELD, len(run.not_held), "tests", 0)]
        if number == 0 and self.up is not None:
            more.append(Figure(UP, self.up, "s"))
        return replace(run.recording, figures=(*run.recording.figures, *more))


def side_by_side(
    sides: tuple[Side, Side],
    case: Case,
    runs: int,
    directory: Path,
    console: Console,
    *,
    keep: bool = False,
) -> SideBySide:
    """Measure case on both sides, so many times each; recordings lie in directory/a and /b.

    A lab that was brought up for it is taken down again unless keep. Raises HarnessError for a run
    that measured nothing, and whatever keeps a lab from coming up.
    """
    a, b = (
        _measured(side, case, runs, directory / letter, console, keep=keep)
        for side, letter in zip(sides, "ab", strict=True)
    )
    found = compare(a.recordings, b.recordings)
    return SideBySide(
        replace(found, differs=(*found.differs, *_settings(a.scenario, b.scenario))),
        a.not_held,
        b.not_held,
    )


def _measured(
    side: Side, case: Case, runs: int, directory: Path, console: Console, *, keep: bool
) -> Measured:
    with _at_hand(side, console, keep=keep) as (lab, up):
        return Measured(lab.scenario, measure(lab, case, runs, directory, console), up)


@contextmanager
def _at_hand(side: Side, console: Console, *, keep: bool) -> Iterator[tuple[Lab, float | None]]:
    """The lab, and how many seconds it took to bring it up, where it was not there before."""
    if side.scenario is None:
        yield store.load(side.lab), None
        return
    begin = monotonic()
    try:
        lab = bring_up(side.scenario, side.lab, console)
        yield lab, monotonic() - begin
    except Interrupted as error:  # down is for later: whoever interrupts wants an end now
        error.hint = f"labgen down {side.lab}"
        raise
    except LabgenError:
        if not keep and side.lab in store.names():
            teardown(side.lab, console)
        raise
    if not keep:
        teardown(side.lab, console)


def _settings(a: Scenario, b: Scenario) -> Iterator[tuple[str, str, str]]:
    left, right = settings(a), settings(b)
    for name in {**left, **right}:
        if left.get(name) != right.get(name):
            yield name, left.get(name, "none"), right.get(name, "none")
