"""The benchmarks' own arithmetic; what they measure takes a host of its own."""

import pytest

from benchmarks import versions
from benchmarks.versions import Request

CUT = 10.0


def requests(begin: float, end: float, *, good: bool, seconds: float = 0.01) -> list[Request]:
    """Return requests every 20 ms."""
    starts = [begin + number * 0.02 for number in range(round((end - begin) / 0.02))]
    return [Request(start, start + seconds, good) for start in starts]


def test_longest_gap_lies_between_two_answers() -> None:
    seen = [*requests(7, CUT, good=True), *requests(10.5, 22, good=True)]
    found = versions.figures(CUT, seen)
    assert found["failover: longest gap, s"] == pytest.approx(0.52)
    assert found["failover: requests failed"] == 0


def test_api_that_does_not_come_back_was_away_to_the_end() -> None:
    seen = [*requests(7, CUT, good=True), *requests(CUT, 22, good=False)]
    found = versions.figures(CUT, seen)
    assert found["failover: longest gap, s"] == pytest.approx(11.99)
    assert found["failover: requests failed"] == 600
