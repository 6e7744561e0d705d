"""Turn the states of a recording into lanes: spans from one change to the next.

This module only computes; the text timeline and the page draw the result. Times are the
recording's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from labgen.recordings.recording import Band, Recording

ABSENT = frozenset({"none", "unknown"})  # states without a holder, or with an unknown one
ALIKE = 0.1  # seconds; lanes that change within it change together: one query saw them all
SAME = 0.0005  # seconds; times closer than this are one, files have them rounded
NOT_SEEN = "not seen"  # a lane's state where it has no band


@dataclass(frozen=True)
class Span:
    """The states of a lane from one change to the next: several where bands overlap, or none."""

    started: float
    ended: float
    states: tuple[str, ...]

    @property
    def text(self) -> str:
        return ", ".join(self.states) or NOT_SEEN

    @property
    def empty(self) -> bool:
        """Return whether no state was known."""
        return not set(self.states) - ABSENT


@dataclass(frozen=True)
class Lane:
    """One thing that was observed, by its name for users; members are those that a joined lane
    stands for."""

    name: str
    members: tuple[str, ...]
    spans: tuple[Span, ...]


def lanes(recording: Recording) -> list[Lane]:
    """Return each lane with its spans, without holes, in the order in which lanes first appear.

    Lanes of one kind (`node master1`, `node master2`) that always had the same state are joined.
    Joined lanes, such as `5 other nodes`, come after the others.
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
    """Return whether the lanes are of one kind and had the same states at the same time."""
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
    """Return the edges in order; of edges that coincide, only one."""
    moments: list[float] = []
    for edge in sorted(edges):
        if not moments or edge - moments[-1] > SAME:
            moments.append(edge)
    return moments
