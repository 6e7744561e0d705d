"""`labgen bench compare`: run the same fault on two labs, and compare them figure by figure.

The labs are measured one after the other. A lab that is brought up for this runs alone on the host,
unless other labs run there already.
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
FAILED_TESTS = "failed tests of the suite"


@dataclass(frozen=True)
class Side:
    """One side of a comparison: a lab that is up, or a scenario and the name of the lab to bring up
    from it."""

    lab: str
    scenario: Scenario | None = None


@dataclass(frozen=True)
class LabComparison:
    """The figures of both sides, and the tests that failed."""

    comparison: Comparison  # with the settings in which the sides differ
    failed_a: Counter[str]  # in how many runs each test failed
    failed_b: Counter[str]


@dataclass(frozen=True)
class Measured:
    scenario: Scenario
    runs: Sequence[Run]
    up: float | None

    @property
    def recordings(self) -> list[Named]:
        """Return one for each run, with its failed tests and the time until the lab was up."""
        return [
            Named(f"run-{number}", self._judged(number, run))
            for number, run in enumerate(self.runs)
        ]

    @property
    def failed(self) -> Counter[str]:
        return Counter(test for run in self.runs for test in run.failed)

    def _judged(self, number: int, run: Run) -> Recording:
        more = [Figure(FAILED_TESTS, "", len(run.failed), "tests", limit=0)]
        if number == 0 and self.up is not None:
            more.append(Figure(UP, "", self.up, "s"))
        return replace(run.recording, figures=(*run.recording.figures, *more))


def compare_labs(
    sides: tuple[Side, Side],
    case: Case,
    runs: int,
    directory: Path,
    console: Console,
    *,
    keep: bool = False,
) -> LabComparison:
    """Measure case on both sides, `runs` times each; recordings are in directory/a and /b.

    A lab that was brought up for this is removed again unless keep is true. Raises HarnessError for
    a run that measured nothing, and LabgenError when a lab does not come up.
    """
    a, b = (
        _measured(side, case, runs, directory / letter, console, keep=keep)
        for side, letter in zip(sides, "ab", strict=True)
    )
    found = compare(a.recordings, b.recordings)
    return LabComparison(
        replace(found, differs=(*found.differs, *_settings(a.scenario, b.scenario))),
        a.failed,
        b.failed,
    )


def _measured(
    side: Side, case: Case, runs: int, directory: Path, console: Console, *, keep: bool
) -> Measured:
    with _at_hand(side, console, keep=keep) as (lab, up):
        return Measured(lab.scenario, measure(lab, case, runs, directory, console), up)


@contextmanager
def _at_hand(side: Side, console: Console, *, keep: bool) -> Iterator[tuple[Lab, float | None]]:
    """Yield the lab, and the seconds of its `up` if it was not up before."""
    if side.scenario is None:
        yield store.load(side.lab), None
        return
    begin = monotonic()
    try:
        lab = bring_up(side.scenario, side.lab, console)
        yield lab, monotonic() - begin
    except Interrupted as error:  # not taken down now: whoever interrupts wants an immediate end
        error.hint = f"labgen down {side.lab}"
        raise
    except LabgenError:
        if not keep and side.lab in store.names():
            _remove(side.lab, console)
        raise
    if not keep:
        _remove(side.lab, console)


def _remove(name: str, console: Console) -> None:
    for left in teardown(name, console):
        console.say(left)


def _settings(a: Scenario, b: Scenario) -> Iterator[tuple[str, str, str]]:
    left, right = settings(a), settings(b)
    for name in {**left, **right}:
        if left.get(name) != right.get(name):
            yield name, left.get(name, "none"), right.get(name, "none")
