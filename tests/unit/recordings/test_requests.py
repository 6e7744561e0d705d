"""Figures of requests, compared with values computed by hand next to each test."""

import pytest

from labgen.recordings import requests
from labgen.recordings.recording import Client, Sample
from labgen.recordings.requests import Gap, failed_runs, gaps


def good(started: float, took: float = 0.01) -> Sample:
    return Sample(started, started + took, None)


def bad(started: float, took: float = 0.01, kind: str = "refused") -> Sample:
    return Sample(started, started + took, kind)


def longest(samples: list[Sample], begin: float | None = None, end: float | None = None) -> float:
    gap = requests.longest_gap([Client("host", tuple(samples))], begin, end)
    assert gap
    return gap.length


def test_longest_gap_is_between_two_good_answers() -> None:
    samples = [good(0.0), good(0.1), bad(0.2), bad(0.3), good(1.0), good(1.1)]
    assert longest(samples) == pytest.approx(0.9)  # 0.11 to 1.01


def test_gap_counts_when_the_answer_came_not_when_it_was_requested() -> None:
    samples = [good(0.0), good(0.1, took=0.7), good(0.75)]
    assert longest(samples) == pytest.approx(0.75)  # 0.01 to 0.76


def test_api_that_never_comes_back_is_a_gap_to_the_end() -> None:
    samples = [good(0.0), bad(0.1), bad(5.0, took=2.0)]
    assert longest(samples) == pytest.approx(6.99)  # 0.01 to 7.0


def test_api_that_never_answers_is_one_gap() -> None:
    assert longest([bad(0.0), bad(3.0)]) == pytest.approx(3.01)


def test_order_of_samples_does_not_matter() -> None:
    samples = [good(2.0), good(0.0), good(0.5)]
    assert longest(samples) == pytest.approx(1.5)


def test_gap_after_a_moment_begins_with_the_last_answer_before_it() -> None:
    samples = [good(-0.5), good(-0.1), bad(0.2), good(0.6), good(0.7)]
    assert longest(samples, 0.0, 0.9) == pytest.approx(0.7)  # -0.09 to 0.61


def test_gap_before_the_moment_does_not_count_after_it() -> None:
    samples = [good(-5.0), good(-0.1), good(0.1), good(0.2)]
    assert longest(samples, 0.0, 0.3) == pytest.approx(0.2)  # -0.09 to 0.11


def test_answer_after_the_end_does_not_close_the_gap_before_it() -> None:
    assert longest([good(-0.1), good(2.0)], 0.0, 1.0) == pytest.approx(1.09)


def test_last_failure_is_counted_from_the_moment_on() -> None:
    samples = [bad(9.0), good(10.1), bad(10.4), bad(10.6, took=2.0), good(11.0)]
    assert requests.last_failure(samples, 10.0) == pytest.approx(0.6)


def test_no_failure_after_the_moment_is_zero() -> None:
    assert requests.last_failure([bad(9.0), good(11.0)], 10.0) == 0


def test_failures_are_counted_by_kind() -> None:
    samples = [good(0.0), bad(0.5, kind="timeout"), bad(1.0), bad(1.5), good(2.0)]
    assert requests.failures(samples) == {"refused": 2, "timeout": 1}


def test_request_begun_before_the_moment_and_ended_after_it_is_in_flight() -> None:
    before, during, after = good(-0.5, took=0.4), bad(-0.1, took=0.7), good(0.1)
    assert requests.in_flight([before, during, after], 0.0) == [during]
    assert requests.under_way([before, during, after], 0.0, 1.0) == [during, after]


def test_only_good_answers_have_a_time() -> None:
    assert requests.waits([good(0, 1.04), bad(0, 5.0), good(2, 0.5)]) == [0.5, 1.04]


@pytest.mark.parametrize(("share", "value"), [(50, 5), (90, 9), (99, 10), (100, 10), (1, 1)])
def test_percentile_is_the_value_that_so_many_do_not_exceed(share: int, value: int) -> None:
    assert requests.percentile(range(1, 11), share) == value


def test_failures_belong_to_one_run_until_a_second_passes_without_any() -> None:
    failing = {0.0: "timeout", 0.4: "timeout", 1.2: "reset", 2.4: "reset"}
    probes = [Sample(tick / 5, tick / 5 + 0.01, failing.get(tick / 5)) for tick in range(20)]
    first, second = failed_runs("new connection", reversed(probes))
    assert (first.started, first.ended, first.requests) == (0.0, 1.2, 7)
    assert first.failures == {"timeout": 2, "reset": 1}
    assert (second.started, second.ended, second.failed) == (2.4, 2.4, 1)


@pytest.mark.parametrize(
    ("probes", "gap"),
    [
        ([], None),
        ([Sample(0, 1, None)], Gap(0, 1)),
        ([Sample(0, 2, "timeout")], Gap(0, 2)),
        (
            [Sample(0, 0.1, None), Sample(0.2, 2.2, "timeout"), Sample(0.4, 0.5, None)],
            Gap(0.5, 2.2),
        ),
        ([Sample(0, 0.1, None), Sample(0.2, 0.3, "reset"), Sample(0.4, 0.5, None)], Gap(0.1, 0.5)),
    ],
)
def test_the_longest_gap_lies_between_good_answers_or_an_end(
    probes: list[Sample], gap: Gap | None
) -> None:
    assert requests.longest_gap([Client("host", tuple(probes))]) == gap


def test_what_one_client_missed_is_a_gap_whatever_the_others_got() -> None:
    ticks = [tick / 10 for tick in range(100)]
    answered = [Sample(at, at + 0.01, None) for at in ticks]
    missed = [Sample(at, at + 0.01, "reset" if 2 <= at < 4 else None) for at in ticks]
    gap = requests.longest_gap([Client("node1", tuple(answered)), Client("node2", tuple(missed))])
    assert gap
    assert gap.length == pytest.approx(2.1)
    assert (len(gaps(answered)), len(gaps(missed))) == (101, 81)
