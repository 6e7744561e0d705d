"""Figures from samples, computed by hand beside each test."""

import pytest

from acceptance.framework.experiment import analysis
from labgen.recordings.recording import Sample


def good(started: float, took: float = 0.01) -> Sample:
    return Sample(started, started + took, None)


def bad(started: float, took: float = 0.01, kind: str = "refused") -> Sample:
    return Sample(started, started + took, kind)


def test_longest_gap_lies_between_two_good_answers() -> None:
    samples = [good(0.0), good(0.1), bad(0.2), bad(0.3), good(1.0), good(1.1)]
    assert analysis.longest_gap(samples) == pytest.approx(0.9)  # 0.11 to 1.01


def test_gap_counts_when_the_answer_came_not_when_it_was_asked_for() -> None:
    samples = [good(0.0), good(0.1, took=0.7), good(0.75)]
    assert analysis.longest_gap(samples) == pytest.approx(0.75)  # 0.01 to 0.76


def test_api_that_never_comes_back_is_a_gap_to_the_end() -> None:
    samples = [good(0.0), bad(0.1), bad(5.0, took=2.0)]
    assert analysis.longest_gap(samples) == pytest.approx(6.99)  # 0.01 to 7.0


def test_api_that_never_answers_is_one_gap() -> None:
    assert analysis.longest_gap([bad(0.0), bad(3.0)]) == pytest.approx(3.01)


def test_order_of_samples_does_not_matter() -> None:
    samples = [good(2.0), good(0.0), good(0.5)]
    assert analysis.longest_gap(samples) == pytest.approx(1.5)


def test_gap_after_a_moment_begins_with_the_last_answer_before_it() -> None:
    samples = [good(-0.5), good(-0.1), bad(0.2), good(0.6), good(0.7)]
    assert analysis.gap_after(samples, 0.0, 0.9) == pytest.approx(0.7)  # -0.09 to 0.61


def test_gap_before_the_moment_is_none_after_it() -> None:
    samples = [good(-5.0), good(-0.1), good(0.1), good(0.2)]
    assert analysis.gap_after(samples, 0.0, 0.3) == pytest.approx(0.2)  # -0.09 to 0.11


def test_answer_after_the_end_does_not_close_the_gap_before_it() -> None:
    assert analysis.gap_after([good(-0.1), good(2.0)], 0.0, 1.0) == pytest.approx(1.09)


def test_figures_count_failures_by_kind() -> None:
    samples = [good(0.0), bad(0.5, kind="timeout"), bad(1.0), bad(1.5), good(2.0)]
    found = analysis.figures(samples)
    assert (found.probes, found.failed) == (5, 3)
    assert found.kinds == {"refused": 2, "timeout": 1}


def test_rate_and_stall_come_from_the_starts() -> None:
    samples = [good(0.0), good(0.1), good(0.2, took=9.0), good(0.8), good(1.0)]
    found = analysis.figures(samples)
    assert found.rate == pytest.approx(4.0)
    assert found.longest_stall == pytest.approx(0.6)


def test_one_probe_is_no_run() -> None:
    with pytest.raises(ValueError, match="1 probes are no run"):
        analysis.figures([good(0.0)])


def test_samples_are_chosen_by_their_beginning() -> None:
    samples = [good(-0.1, took=5), good(0.0), good(0.9, took=5), good(1.0)]
    assert analysis.begun(samples, 0.0, 1.0) == samples[1:3]


def test_last_failure_is_told_from_the_moment_on() -> None:
    samples = [bad(9.0), good(10.1), bad(10.4), bad(10.6, took=2.0), good(11.0)]
    assert analysis.last_failure(samples, 10.0) == pytest.approx(0.6)


def test_no_failure_after_the_moment_is_zero() -> None:
    assert analysis.last_failure([bad(9.0), good(11.0)], 10.0) == 0


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
