"""What a recording says when it is read in order: states that changed, runs of failed probes.

Arithmetic only; the text timeline and the page draw what this finds. Times are the recording's.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from labgen.report.recording import Band, Recording, Sample

QUIET = 1.0  # seconds without a failed probe that end a run: retries of clients have calmed by then
SAME = 0.0005  # seconds; moments closer than this are one, files have them rounded
NOT_SEEN = "not seen"  # a lane's state where it has no band


@dataclass(frozen=True)
class Span:
    """A lane's states from one change to the next; more than one where bands overlap, or none."""

    started: float
    ended: float
    states: tuple[str, ...]

    @property
    def text(self) -> str:
        return ", ".join(self.states) or NOT_SEEN


@dataclass(frozen=True)
class Gap:
    """A time without a good answer."""

    started: float
    ended: float

    @property
    def length(self) -> float:
        return self.ended - self.started


@dataclass(frozen=True)
class Run:
    """Failed probes of one kind with less than QUIET between them.

    started and ended are the starts of the first and last failed one, probes how many of the
    kind began in between, these included; failures counts each kind of failure.
    """

    kind: str
    started: float
    ended: float
    probes: int
    failures: Mapping[str, int]

    @property
    def failed(self) -> int:
        return sum(self.failures.values())


def lanes(recording: Recording) -> dict[str, tuple[Span, ...]]:
    """Each lane's spans, without holes, in the order in which lanes first appear."""
    bands: dict[str, list[Band]] = {}
    for band in recording.bands:
        bands.setdefault(band.lane, []).append(band)
    return {lane: _spans(found, recording) for lane, found in bands.items()}


def _spans(bands: Sequence[Band], recording: Recording) -> tuple[Span, ...]:
    own = [edge for band in bands for edge in (band.started, band.ended)]
    edges = _moments([recording.started, recording.ended, *own])
    spans: list[Span] = []
    for begin, end in pairwise(edges):
        middle = (begin + end) / 2
        states = tuple(sorted({b.state for b in bands if b.started < middle < b.ended}))
        if spans and spans[-1].states == states:
            spans[-1] = Span(spans[-1].started, end, states)
        else:
            spans.append(Span(begin, end, states))
    return tuple(spans)


def _moments(edges: Iterable[float]) -> list[float]:
    """Sorted, those that are the same only once."""
    moments: list[float] = []
    for edge in sorted(edges):
        if not moments or edge - moments[-1] > SAME:
            moments.append(edge)
    return moments


def failed_runs(kind: str, samples: Iterable[Sample]) -> tuple[Run, ...]:
    """The runs of failed probes, in order of time."""
    ordered = sorted(samples, key=lambda sample: sample.started)
    runs: list[list[int]] = []
    for number, sample in enumerate(ordered):
        if sample.failure is None:
            continue
        if runs and sample.started - ordered[runs[-1][-1]].started < QUIET:
            runs[-1].append(number)
        else:
            runs.append([number])
    return tuple(_run(kind, ordered[run[0] : run[-1] + 1]) for run in runs)


def _run(kind: str, samples: Sequence[Sample]) -> Run:
    failures = Counter(sample.failure for sample in samples if sample.failure is not None)
    return Run(
        kind=kind,
        started=samples[0].started,
        ended=samples[-1].started,
        probes=len(samples),
        failures=dict(failures.most_common()),
    )


def longest_gap(samples: Sequence[Sample]) -> Gap | None:
    """The longest time between two good answers, the first start and the last end included."""
    if not samples:
        return None
    begin = min(sample.started for sample in samples)
    end = max(sample.ended for sample in samples)
    answers = sorted(sample.ended for sample in samples if sample.failure is None)
    gaps = [Gap(*edges) for edges in pairwise([begin, *answers, end])]
    return max(gaps, key=lambda gap: gap.length)
