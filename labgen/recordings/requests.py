"""Compute figures from clients' requests: gaps, failures, requests in flight, slow answers.

All times are in seconds on one clock. This is the only module that computes a gap.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from labgen.recordings.recording import Client, Sample

QUIET = (
    1.0  # seconds without a failed request that end a run: retries of clients have calmed by then
)


@dataclass(frozen=True)
class Gap:
    """A time in which a client got no good answer."""

    started: float
    ended: float

    @property
    def length(self) -> float:
        return self.ended - self.started


@dataclass(frozen=True)
class Run:
    """Failed requests of one kind with less than QUIET between them."""

    kind: str
    started: float  # the start of the first failed request
    ended: float  # the start of the last failed request
    requests: int  # how many of the kind began in between, these two included
    failures: Mapping[str, int]  # how many failed in which way

    @property
    def failed(self) -> int:
        return sum(self.failures.values())


def gaps(
    samples: Sequence[Sample], begin: float | None = None, end: float | None = None
) -> list[Gap]:
    """Return the times between one client's good answers, from begin to end.

    The first gap begins with the last good answer before begin. Without begin and end: from the
    client's first request to its last answer.
    """
    if not samples:
        return []
    begin = min(sample.started for sample in samples) if begin is None else begin
    end = max(sample.ended for sample in samples) if end is None else end
    answers = sorted(s.ended for s in samples if s.failure is None and s.ended <= end)
    before = [at for at in answers if at <= begin]
    after = [at for at in answers if at > begin]
    return [Gap(*edges) for edges in pairwise([*(before[-1:] or [begin]), *after, end])]


def longest_gap(
    clients: Iterable[Client], begin: float | None = None, end: float | None = None
) -> Gap | None:
    """Return the longest gap of any of the clients; None without requests.

    A gap is that of a single client, even if the others got answers meanwhile.
    """
    found = (gap for client in clients for gap in gaps(client.samples, begin, end))
    return max(found, key=lambda gap: gap.length, default=None)


def failures(samples: Iterable[Sample]) -> dict[str, int]:
    """Return the number of failures of each kind, the most frequent first."""
    return dict(Counter(s.failure for s in samples if s.failure is not None).most_common())


def last_failure(samples: Iterable[Sample], moment: float) -> float:
    """Return how long after moment the last failed request began; 0 if none failed after it."""
    return max((s.started - moment for s in samples if s.failure and s.started > moment), default=0)


def under_way(samples: Iterable[Sample], begin: float, end: float) -> list[Sample]:
    """Return the requests that clients waited for at any time between begin and end.

    This includes requests in flight, which began before begin and ended after it.
    """
    return [sample for sample in samples if sample.started < end and sample.ended > begin]


def in_flight(samples: Iterable[Sample], moment: float) -> list[Sample]:
    """Return the requests that began before moment and ended after it."""
    return [sample for sample in samples if sample.started < moment < sample.ended]


def waits(samples: Iterable[Sample]) -> list[float]:
    """Return the durations of the good answers in seconds, the shortest first."""
    return sorted(sample.seconds for sample in samples if sample.failure is None)


def percentile(ordered: Sequence[float], share: int) -> float:
    """Return the value that `share` percent of the values do not exceed (nearest rank).

    ordered is sorted and not empty.
    """
    return ordered[max(ceil(share / 100 * len(ordered)), 1) - 1]


def failed_runs(kind: str, samples: Iterable[Sample]) -> tuple[Run, ...]:
    """Return the runs of failed requests, in order of time."""
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
    return Run(
        kind=kind,
        started=samples[0].started,
        ended=samples[-1].started,
        requests=len(samples),
        failures=failures(samples),
    )
