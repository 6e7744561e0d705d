"""Compute the figures of one experiment from its requests, states and writes, with limits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from acceptance.framework.experiment import analysis, tracks
from acceptance.framework.experiment.limits import Limits
from acceptance.framework.experiment.observers import leader, nodes, owners
from acceptance.framework.experiment.probes.protocol import Ended
from labgen.recordings import metrics, requests
from labgen.recordings.recording import Band, Client, Clients, Figure, Sample
from labgen.timing.limits import Allowed

ZERO = 0.0  # the fault, on the recording's clock


@dataclass(frozen=True)
class Span:
    """The times of the parts of an experiment, in seconds from the fault."""

    started: float  # of the baseline
    healing: float  # when healing began
    restored: float | None  # when the steady state was restored; None: it was not
    ended: float


def of_clients(clients: Clients, span: Span, limits: Limits) -> list[Figure]:
    """Return what each kind of client noticed, from the fault until healing began, and
    afterwards."""
    found: list[Figure] = []
    for kind, listed in clients.items():
        samples = [sample for client in listed for sample in client.samples]
        found += _of_fault(kind, listed, samples, span, limits)
        if span.healing < span.ended:
            found += _of_healing(kind, listed, samples, span)
    return found


def _of_fault(
    kind: str, clients: Sequence[Client], samples: Sequence[Sample], span: Span, limits: Limits
) -> Iterator[Figure]:
    """Yield figures of every request that a client waited for after the fault, including earlier
    ones in flight."""
    waited = requests.under_way(samples, ZERO, span.healing)
    flying = requests.in_flight(samples, ZERO)
    gap = _gap(clients, ZERO, span.healing)
    yield _figure(metrics.LONGEST_GAP, kind, gap, "s", limits.gaps.get(kind))
    yield Figure(metrics.REQUESTS, kind, len(waited), "requests")
    yield _figure(metrics.FAILED, kind, _failed(waited), "requests", limits.failed.get(kind))
    yield Figure(metrics.IN_FLIGHT, kind, len(flying), "requests")
    yield Figure(metrics.IN_FLIGHT_FAILED, kind, _failed(flying), "requests")
    if kind == metrics.NEW_CONNECTION:
        last = requests.last_failure(waited, ZERO)
        yield _figure(metrics.LAST_FAILURE, kind, last, "s", limits.last_failure)
    answers = requests.waits(waited)
    if answers:
        slow = sum(seconds > metrics.SLOW for seconds in answers)
        slowest = limits.slowest.get(kind)
        yield _figure(metrics.SLOWEST_ANSWER, kind, answers[-1], "s", slowest)
        yield Figure(metrics.SLOW_ANSWERS, kind, slow, "answers")
    usual = requests.waits(sample for sample in samples if sample.ended <= ZERO)
    yield from _percentiles(kind, usual, metrics.P50_BEFORE, metrics.P99_BEFORE)
    yield from _percentiles(kind, answers, metrics.P50_AFTER, metrics.P99_AFTER)


def _of_healing(
    kind: str, clients: Sequence[Client], samples: Sequence[Sample], span: Span
) -> Iterator[Figure]:
    begun = analysis.begun(samples, span.healing, span.ended)
    gap = _gap(clients, span.healing, span.ended)
    yield Figure(metrics.GAP_WHILE_HEALING, kind, gap, "s")
    yield Figure(metrics.FAILED_WHILE_HEALING, kind, _failed(begun), "requests")
    if answers := requests.waits(begun):
        yield Figure(metrics.SLOWEST_WHILE_HEALING, kind, answers[-1], "s")


def _percentiles(kind: str, answers: Sequence[float], p50: str, p99: str) -> Iterator[Figure]:
    for metric, share in ((p50, 50), (p99, 99)):
        if answers:
            yield Figure(metric, kind, 1000 * requests.percentile(answers, share), "ms")


def of_return(samples: Sequence[Sample], span: Span, limits: Limits) -> list[Figure]:
    """Return when the API answered again, where it did not answer when healing began.

    It did not if requests had waited for a second then, all begun after the last good answer. They
    need not have failed: a client may wait for longer than the fault lasts.
    """
    answered = [s.ended for s in samples if s.failure is None and s.ended <= span.healing]
    last = max(answered, default=span.started)
    if not analysis.begun(samples, last, span.healing - analysis.SILENCE):
        return []
    good = [s.ended for s in samples if s.failure is None and s.ended > span.healing]
    first = min(good, default=span.ended) - span.healing
    return [_figure(metrics.API_BACK, "", first, "s", limits.back)]


def of_states(
    found: Sequence[Band], span: Span, limits: Limits, taken_away: Sequence[str]
) -> list[Figure]:
    """Return when the VIP had one owner, etcd a leader, and when nodes were reported as
    NotReady."""
    during = tracks.within(found, ZERO, span.healing)
    since = tracks.lasting(during, owners.LANE, tracks.one)
    led = tracks.lasting(during, leader.LANE, lambda state: state != tracks.NONE)
    figures = []
    if since is not None:
        figures.append(_figure(metrics.ONE_OWNER, "", since, "s", limits.one_owner))
    if led is not None:
        figures.append(_figure(metrics.ETCD_LEADER, "", led, "s", limits.leader))
    for name in taken_away:
        lane = f"{nodes.LANE} {name}"
        away = [b.started for b in during if b.lane == lane and b.state == nodes.NOT_READY]
        if away:
            figures.append(Figure(f"until {name} is NotReady", "", min(away), "s"))
    if span.restored is not None and span.healing < span.ended:
        took = span.restored - span.healing
        figures.append(_figure(metrics.STEADY_STATE, "", took, "s", limits.steady_state))
    return figures


def of_writes(ended: Ended, lost: Sequence[int] | None) -> list[Figure]:
    """Return what happened to the writes during the entire experiment."""
    counts: Mapping[str, int] = {
        metrics.ACKNOWLEDGED: len(ended.acknowledged),
        metrics.UNACKNOWLEDGED: len(ended.unacknowledged),
    }
    found = [Figure(metric, "", count, "writes") for metric, count in counts.items()]
    found.append(Figure(metrics.MISSED, "", len(ended.unwatched), "writes", limit=0))
    if lost is not None:
        found.append(Figure(metrics.LOST, "", len(lost), "writes", limit=0))
    return found


def of_prober(samples: Sequence[Sample]) -> list[Figure]:
    """Return the quality of the prober: its rate, and its longest pause."""
    return [
        Figure(metrics.PROBE_RATE, "", analysis.rate(samples), "1/s"),
        Figure(metrics.PROBER_STALL, "", analysis.longest_stall(samples), "s"),
    ]


def _gap(clients: Sequence[Client], begin: float, end: float) -> float:
    gap = requests.longest_gap(clients, begin, end)
    return gap.length if gap else end - begin


def _failed(samples: Sequence[Sample]) -> int:
    return sum(sample.failure is not None for sample in samples)


def _figure(metric: str, client: str, value: float, unit: str, allowed: Allowed | None) -> Figure:
    if allowed is None:
        return Figure(metric, client, value, unit)
    return Figure(metric, client, value, unit, allowed.expected, allowed.limit)
