"""The analysis of samples, compared with values computed by hand next to each test."""

import pytest

from acceptance.framework.experiment import analysis
from labgen.recordings.recording import Sample


def good(started: float, took: float = 0.01) -> Sample:
    return Sample(started, started + took, None)


def bad(started: float, took: float = 0.01, kind: str = "refused") -> Sample:
    return Sample(started, started + took, kind)


def test_rate_and_stall_come_from_the_starts() -> None:
    samples = [good(0.0), good(0.1), good(0.2, took=9.0), good(0.8), good(1.0)]
    assert analysis.rate(samples) == pytest.approx(4.0)
    assert analysis.longest_stall(samples) == pytest.approx(0.6)


def test_one_sample_has_no_rate() -> None:
    with pytest.raises(ValueError, match="1 samples have no rate"):
        analysis.rate([good(0.0)])


def test_samples_are_chosen_by_their_beginning() -> None:
    samples = [good(-0.1, took=5), good(0.0), good(0.9, took=5), good(1.0)]
    assert analysis.begun(samples, 0.0, 1.0) == samples[1:3]


def test_good_since_the_last_failure_has_ended() -> None:
    samples = [bad(1.0, took=2.0), good(2.0), good(4.5)]
    assert analysis.good_for(samples, 0.0, 5.0) == pytest.approx(2)


def test_silence_is_not_good() -> None:
    assert analysis.good_for([], 0.0, 5.0) == 0
    assert analysis.good_for([good(0.0), bad(1.0)], 0.0, 5.0) == 0
    assert analysis.good_for([good(1.0), good(2.0)], 0.0, 5.0) == 0


def test_what_was_good_before_does_not_count() -> None:
    assert analysis.good_for([good(1.0), good(4.5)], 1.5, 5.0) == pytest.approx(3.5)
    assert analysis.good_for([good(1.0), good(4.5)], 4.8, 5.0) == 0
