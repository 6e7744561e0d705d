"""What a recording says when it is read in order: states that changed, runs of failed probes.

Arithmetic only; the text timeline and the page draw what this finds. Times are the recording's.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from labgen.recordings.recording import Band, Recording, Sample

ABSENT = frozenset({"none", "unknown"})  # what bands call it when there is nobody or no telling
ALIKE = 0.1  # seconds; lanes that change together, by the same look at all of them
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

    @property
    def empty(self) -> bool:
        """Whether there was no state to speak of."""
        return not set(self.states) - ABSENT


@dataclass(frozen=True)
class Lane:
    """What was watched under the name that people read; members are those that share it."""

    name: str
    members: tuple[str, ...]
    spans: tuple[Span, ...]


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


def lanes(recording: Recording) -> list[Lane]:
    """Each lane's spans, without holes, in the order in which lanes first appear.

    Lanes of one sort (`node master1`, `node master2`) that were always alike are one, after the
    others: `5 other nodes`.
    """
    bands: dict[str, list[Band]] = {}
    for band in recording.bands:
        bands.setdefault(band.lane, []).append(band)
    found = [Lane(name, (), _spans(listed, recording)) for name, listed in bands.items()]
    groups = [group for group in _groups(found) if len(group) > 1]
    grouped = {lane.name for group in groups for lane in group}
    alone = [lane for lane in found if lane.name not in grouped]
    return [*alone, *(_joined(group, groups, alone) for group in groups)]


def _groups(found: Iterable[Lane]) -> list[list[Lane]]:
    groups: list[list[Lane]] = []
    for lane in found:
        for group in groups:
            if _alike(lane, group[0]):
                group.append(lane)
                break
        else:
            groups.append([lane])
    return groups


def _alike(a: Lane, b: Lane) -> bool:
    """Whether the lanes are of one sort and had the same states at the same time."""
    same_sort = " " in a.name and _sort(a) == _sort(b)
    return (
        same_sort
        and len(a.spans) == len(b.spans)
        and all(
            one.states == other.states and abs(one.started - other.started) < ALIKE
            for one, other in zip(a.spans, b.spans, strict=True)
        )
    )


def _sort(lane: Lane) -> str:
    return lane.name.partition(" ")[0]


def _joined(group: Sequence[Lane], groups: Sequence[Sequence[Lane]], alone: Sequence[Lane]) -> Lane:
    sort = _sort(group[0])
    members = tuple(lane.name.removeprefix(f"{sort} ") for lane in group)
    if sum(_sort(other[0]) == sort for other in groups) > 1:
        name = f"{sort}s {', '.join(members)}"
    elif any(_sort(lane) == sort for lane in alone):
        name = f"{len(group)} other {sort}s"
    else:
        name = f"all {len(group)} {sort}s"
    return Lane(name, members, group[0].spans)


def _spans(bands: Sequence[Band], recording: Recording) -> tuple[Span, ...]:
    own = [edge for band in bands for edge in (band.started, band.ended)]
    edges = _moments([recording.started, recording.ended, *own])
    spans: list[Span] = []
    for begin, end in pairwise(edges):
        middle = (begin + end) / 2
        present = [b.state for b in bands if b.started < middle < b.ended]
        states = tuple(sorted({state for text in present for state in text.split(", ")}))
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


def gaps(samples: Sequence[Sample]) -> list[Gap]:
    """The times between good answers, each client's first start and last end included.

    Clients of one kind stand in a recording one after the other. What one of them missed is a gap,
    whatever the others got.
    """
    return [gap for client in _clients(samples) for gap in _gaps(client)]


def longest_gap(samples: Sequence[Sample]) -> Gap | None:
    """The longest of the gaps; None without samples."""
    return max(gaps(samples), key=lambda gap: gap.length, default=None)


def _gaps(samples: Sequence[Sample]) -> list[Gap]:
    begin = min(sample.started for sample in samples)
    end = max(sample.ended for sample in samples)
    answers = sorted(sample.ended for sample in samples if sample.failure is None)
    return [Gap(*edges) for edges in pairwise([begin, *answers, end])]


def _clients(samples: Sequence[Sample]) -> list[list[Sample]]:
    """One client's samples end where the starts fall back by more than half of the whole time."""
    if not samples:
        return []
    starts = [sample.started for sample in samples]
    back = (max(starts) - min(starts)) / 2
    clients = [[samples[0]]]
    for before, after in pairwise(samples):
        if before.started - after.started > back:
            clients.append([])
        clients[-1].append(after)
    return clients
