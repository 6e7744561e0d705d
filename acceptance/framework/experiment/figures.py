"""The figures of one observation: its samples and bands in numbers, with budgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from acceptance.framework.experiment import analysis, tracks
from acceptance.framework.experiment.observers import leader, nodes, owners
from acceptance.framework.experiment.probes.task import Ended
from labgen.recordings.recording import Band, Figure, Sample
from labgen.timing.limits import Budget

# Of what was written: judged by a promise of their own, which names the writes.
MISSED, LOST = "acknowledged writes the watch missed", "acknowledged writes lost"
# The samples of each client of a kind.
Streams = Sequence[Sequence[Sample]]


@dataclass(frozen=True)
class Budgets:
    """What a measurement may come to at most; what is not named is only told.

    gaps is by the kind of probe. failed is how many probes of a kind may fail.
    """

    gaps: Mapping[str, Budget] = field(default_factory=dict)
    failed: Mapping[str, Budget] = field(default_factory=dict)
    last_failure: Budget | None = None
    one_owner: Budget | None = None
    leader: Budget | None = None
    back: Budget | None = None
    healed: Budget | None = None


@dataclass(frozen=True)
class Span:
    """What is to be told of: seconds from the fault; mended is when healing began, healed when the
    lab was whole again (None: it was not)."""

    begun: float
    mended: float
    healed: float | None
    ended: float


def of_probes(streams: Mapping[str, Streams], span: Span, budgets: Budgets) -> list[Figure]:
    """Each kind's longest gap and failures, from the fault until healing began.

    The gap of several streams of one kind is that of the one with the longest.
    """
    found = []
    for kind, listed in streams.items():
        during = [s for stream in listed for s in analysis.begun(stream, 0.0, span.mended)]
        failed = sum(analysis.kinds(during).values())
        gap = _gap(listed, 0.0, span.mended)
        found += [
            _figure(f"longest gap, {kind}", gap, "s", budgets.gaps.get(kind)),
            _figure(f"failed, {kind}", failed, "probes", budgets.failed.get(kind)),
        ]
        if kind == "fresh":
            last = analysis.last_failure(during, 0.0)
            found.append(_figure("last failure, fresh", last, "s", budgets.last_failure))
        if span.mended < span.ended:
            back = _gap(listed, span.mended, span.ended)
            found.append(Figure(f"longest gap while healing, {kind}", back, "s"))
    return found


def of_return(samples: Sequence[Sample], span: Span, budgets: Budgets) -> list[Figure]:
    """When the API answered again, where it did not when healing began."""
    ended = [sample for sample in samples if sample.ended <= span.mended]
    if not ended or max(ended, key=lambda sample: sample.ended).failure is None:
        return []
    good = [s.ended for s in samples if s.failure is None and s.ended > span.mended]
    first = min(good, default=span.ended) - span.mended
    return [_figure("until the API answers again", first, "s", budgets.back)]


def of_states(
    found: Sequence[Band], span: Span, budgets: Budgets, taken_away: Sequence[str]
) -> list[Figure]:
    """When the VIP had one owner again, etcd a leader, and when nodes were known to be away."""
    during = tracks.within(found, 0.0, span.mended)
    since = tracks.lasting(during, owners.LANE, tracks.one)
    led = tracks.lasting(during, leader.LANE, lambda state: state != tracks.NONE)
    figures = []
    if since is not None:
        figures.append(_figure("until the VIP has one owner", since, "s", budgets.one_owner))
    if led is not None:
        figures.append(_figure("until etcd has a leader", led, "s", budgets.leader))
    for name in taken_away:
        lane = f"{nodes.LANE} {name}"
        away = [b.started for b in during if b.lane == lane and b.state == nodes.NOT_READY]
        if away:
            figures.append(Figure(f"until {name} is NotReady", min(away), "s"))
    if span.healed is not None and span.mended < span.ended:
        whole = span.healed - span.mended
        figures.append(_figure("until all is healed", whole, "s", budgets.healed))
    return figures


def of_writes(ended: Ended, lost: Sequence[int] | None) -> list[Figure]:
    """What became of the writes over the whole time."""
    found = [
        Figure("writes acknowledged", len(ended.acknowledged), "writes"),
        Figure("writes not acknowledged", len(ended.unacknowledged), "writes"),
        Figure(MISSED, len(ended.unwatched), "writes", 0),
    ]
    if lost is not None:
        found.append(Figure(LOST, len(lost), "writes", 0))
    return found


def of_prober(samples: Sequence[Sample]) -> list[Figure]:
    """How good the prober was: its rate, and the longest it stood still."""
    run = analysis.figures(samples)
    return [
        Figure("probes a second", run.rate, "1/s"),
        Figure("longest stall of the prober", run.longest_stall, "s"),
    ]


def _gap(streams: Streams, begin: float, end: float) -> float:
    return max(analysis.gap_after(stream, begin, end) for stream in streams)


def _figure(name: str, value: float, unit: str, budget: Budget | None) -> Figure:
    if budget is None:
        return Figure(name, value, unit)
    return Figure(name, value, unit, budget.limit, budget.aim)
