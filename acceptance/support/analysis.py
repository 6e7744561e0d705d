"""From samples to figures. Arithmetic only; all times in seconds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from acceptance.support.prober import Sample


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
    failures = [sample.failure for sample in samples if sample.failure is not None]
    return Figures(
        probes=len(samples),
        failed=len(failures),
        kinds=dict(Counter(failures).most_common()),
        longest_gap=longest_gap(samples),
        rate=(len(samples) - 1) / (starts[-1] - starts[0]),
        longest_stall=max(later - earlier for earlier, later in pairwise(starts)),
    )


def longest_gap(samples: Sequence[Sample]) -> float:
    """The longest time without a good answer, the run's own beginning and end included."""
    answers = sorted(sample.ended for sample in samples if sample.failure is None)
    begin = min(sample.started for sample in samples)
    end = max(sample.ended for sample in samples)
    return max(later - earlier for earlier, later in pairwise([begin, *answers, end]))


def cut_moment(asked: float, machine: Sequence[Sample], api: Sequence[Sample]) -> float:
    """When the power was gone, by what was seen from outside.

    Between the command (asked) and the cut lies the time the tool needs to start; the cut is
    the first probe after it that the machine or the API left unanswered, or asked when there
    is none.
    """
    unanswered = [s.started for s in (*machine, *api) if s.failure and s.ended >= asked]
    return max(asked, min(unanswered, default=asked))


def last_failure(samples: Sequence[Sample], cut: float) -> float:
    """How long after the cut the last failed probe began; 0 when none failed after it."""
    return max((s.started - cut for s in samples if s.failure and s.started > cut), default=0.0)
