"""Budgets of the profiles, computed by hand beside each test."""

import pytest

from labgen.faults import budgets
from labgen.faults.budgets import Budget
from labgen.scenario.profiles import FAST, PROFILES, STANDARD


@pytest.mark.parametrize(
    ("after", "at"), [(0.0, 0.2), (0.2, 0.2), (0.3, 0.6), (0.61, 1.4), (3.58, 6.2)]
)
def test_tcp_sends_again_after_doubled_times(after: float, at: float) -> None:
    assert budgets.retransmission(after) == pytest.approx(at)


def test_aims_of_a_silent_holder() -> None:
    fast = budgets.holder_silent(FAST)
    skew, connect = 0.1 * 66 / 256, FAST.connect_timeout / 1000
    assert fast["fresh"].aim == pytest.approx(0.3 + skew + connect)
    assert fast["kept"].aim == pytest.approx(0.6 + connect + 0.1)


def test_aim_of_the_fast_profile_is_that_of_the_project() -> None:
    assert budgets.holder_silent(FAST)["fresh"].aim <= 0.61
    assert budgets.last_failure(FAST) <= 0.71


@pytest.mark.parametrize("timings", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize(
    "fault",
    [
        budgets.holder_silent,
        budgets.server_silent,
        budgets.server_refuses,
        budgets.haproxy_dies,
        budgets.keepalived_dies,
        budgets.holder_goes,
    ],
)
def test_no_aim_is_beyond_its_limit(fault, timings) -> None:  # type: ignore[no-untyped-def]
    gaps = fault(timings)
    assert set(gaps) == {"fresh", "kept"}
    assert all(0 < gap.aim <= gap.limit for gap in gaps.values())


def test_limits_are_the_budget_of_the_profile() -> None:
    assert budgets.holder_silent(FAST)["fresh"].limit == FAST.budget / 1000
    assert budgets.holder_silent(STANDARD)["fresh"].limit == STANDARD.budget / 1000


def test_write_waits_for_an_election_where_the_leader_may_be_gone() -> None:
    gaps = budgets.holder_silent(FAST)
    without = budgets.writes(gaps, election=0.0)
    with_one = budgets.writes(gaps, election=2.0)
    assert with_one.aim - without.aim == pytest.approx(2.0)


def test_watch_waits_for_its_connection_and_for_writes() -> None:
    gaps = {"kept": Budget(0.9, 3.0), "fresh": Budget(0.6, 3.0)}
    assert budgets.watch(gaps, Budget(0.5, 2.0)).aim == pytest.approx(0.9 + 0.15)
    assert budgets.watch(gaps, Budget(2.5, 5.0)).aim == pytest.approx(2.5 + 0.15)
