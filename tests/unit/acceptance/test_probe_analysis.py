"""Figures from samples, computed by hand beside each test."""

import pytest

from acceptance.support import analysis
from acceptance.support.prober import Sample


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


def test_cut_is_the_first_probe_left_unanswered_after_the_command() -> None:
    machine = [good(9.9), good(10.5), bad(11.2, took=2.0)]
    api = [good(11.1), bad(11.25)]
    assert analysis.cut_moment(10.0, machine, api) == pytest.approx(11.2)


def test_failure_before_the_command_is_not_the_cut() -> None:
    assert analysis.cut_moment(10.0, [bad(3.0), bad(11.0)], []) == pytest.approx(11.0)


def test_machine_that_never_answered_tells_nothing_about_the_cut() -> None:
    silent = [bad(0.5 * tick, took=2.0) for tick in range(40)]
    assert analysis.cut_moment(10.0, silent, []) == pytest.approx(10.0)


def test_last_failure_is_told_from_the_cut_on() -> None:
    samples = [bad(9.0), good(10.1), bad(10.4), bad(10.6, took=2.0), good(11.0)]
    assert analysis.last_failure(samples, 10.0) == pytest.approx(0.6)


def test_no_failure_after_the_cut_is_zero() -> None:
    assert analysis.last_failure([bad(9.0), good(11.0)], 10.0) == 0
