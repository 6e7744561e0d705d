"""From samples to figures. Arithmetic only; all times in seconds on one clock."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from labgen.recordings.recording import Sample

SILENCE = 1.0  # seconds without an answer, after which a client's answers are not good any more


@dataclass(frozen=True)
class Figures:
    """What a run of probes came to.

    longest_gap lies between two good answers that followed each other (or an end of the run);
    longest_stall between the starts of two probes: how late the prober itself was.
    """

    probes: int
    failed: int
    kinds: Mapping[str, int]
    longest_gap: float
    rate: float
    longest_stall: float


def figures(samples: Sequence[Sample]) -> Figures:
    """The figures of one run; ValueError for a run of fewer than two probes."""
    if len(samples) < 2:
        raise ValueError(f"{len(samples)} probes are no run")
    starts = sorted(sample.started for sample in samples)
    found = kinds(samples)
    return Figures(
        probes=len(samples),
        failed=sum(found.values()),
        kinds=found,
        longest_gap=longest_gap(samples),
        rate=(len(samples) - 1) / (starts[-1] - starts[0]),
        longest_stall=max(later - earlier for earlier, later in pairwise(starts)),
    )


def begun(samples: Iterable[Sample], begin: float, end: float) -> list[Sample]:
    """The samples that began from begin on and before end."""
    return [sample for sample in samples if begin <= sample.started < end]


def kinds(samples: Iterable[Sample]) -> Mapping[str, int]:
    """How many failed in which way, the most frequent first."""
    return dict(Counter(s.failure for s in samples if s.failure is not None).most_common())


def longest_gap(samples: Sequence[Sample]) -> float:
    """The longest time without a good answer, the run's own beginning and end included."""
    answers = sorted(sample.ended for sample in samples if sample.failure is None)
    begin = min(sample.started for sample in samples)
    end = max(sample.ended for sample in samples)
    return max(later - earlier for earlier, later in pairwise([begin, *answers, end]))


def gap_after(samples: Iterable[Sample], moment: float, end: float) -> float:
    """The longest time without a good answer between moment and end.

    The last good answer before moment counts as its beginning: nobody knows better.
    """
    answers = sorted(s.ended for s in samples if s.failure is None and s.ended < end)
    before = [at for at in answers if at <= moment]
    after = [at for at in answers if at > moment]
    begin = before[-1] if before else moment
    return max(later - earlier for earlier, later in pairwise([begin, *after, end]))


def last_failure(samples: Iterable[Sample], moment: float) -> float:
    """How long after moment the last failed probe began; 0 when none failed after it."""
    failed = (s.started - moment for s in samples if s.failure and s.started > moment)
    return max(failed, default=0.0)


def good_for(samples: Sequence[Sample], begin: float, now: float) -> float:
    """For how long all probes that have ended since begin were good; 0 without a recent good one.

    A watch that hangs does not fail: it says nothing.
    """
    since = max((sample.ended for sample in samples if sample.failure), default=begin)
    since = max(since, begin)
    last = max((sample.ended for sample in samples if sample.failure is None), default=begin)
    return now - since if last > since and now - last < SILENCE else 0.0
