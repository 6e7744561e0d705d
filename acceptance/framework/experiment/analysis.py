"""Analyse samples for the quality of the prober and for the current state; times in seconds on one
clock."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from labgen.recordings.recording import Sample

SILENCE = 1.0  # seconds without an answer, after which a client counts as not answered any more


def begun(samples: Iterable[Sample], begin: float, end: float) -> list[Sample]:
    """Return the samples that began from begin on and before end."""
    return [sample for sample in samples if begin <= sample.started < end]


def rate(samples: Sequence[Sample]) -> float:
    """Return how many samples began per second. Raises ValueError for fewer than two."""
    starts = _starts(samples)
    return (len(starts) - 1) / (starts[-1] - starts[0])


def longest_stall(samples: Sequence[Sample]) -> float:
    """Return the longest time between the starts of two samples, which shows how late the prober
    was.

    Raises ValueError for fewer than two.
    """
    return max(later - earlier for earlier, later in pairwise(_starts(samples)))


def good_for(samples: Sequence[Sample], begin: float, now: float) -> float:
    """Return for how long all answers since begin were good; 0 without a recent answer.

    A watch that hangs does not fail: it is silent.
    """
    since = max((sample.ended for sample in samples if sample.failure), default=begin)
    since = max(since, begin)
    last = max((sample.ended for sample in samples if sample.failure is None), default=begin)
    return now - since if last > since and now - last < SILENCE else 0.0


def _starts(samples: Sequence[Sample]) -> list[float]:
    if len(samples) < 2:
        raise ValueError(f"{len(samples)} samples have no rate")
    return sorted(sample.started for sample in samples)
