"""Limits of the profiles, computed by hand next to each test."""

import re
from dataclasses import replace

import pytest

from labgen.lab.lab import Lab, Machine
from labgen.recordings.metrics import NEW_CONNECTION, PERSISTENT_CONNECTION
from labgen.render.files import Images, payload
from labgen.scenario.model import LoadBalancer
from labgen.scenario.profiles import PROFILES
from labgen.system import host
from labgen.timing import forecast, limits
from labgen.timing.limits import Allowed
from labgen.up.dry_run import EXAMPLE_SECRETS
from tests.unit.lab.samples import lab, scenario

FAST = LoadBalancer("fast", PROFILES["fast"])
STANDARD = LoadBalancer("standard", PROFILES["standard"])


@pytest.mark.parametrize(
    ("after", "at"), [(0.0, 0.2), (0.2, 0.2), (0.3, 0.6), (0.61, 1.4), (3.58, 6.2)]
)
def test_tcp_sends_again_after_doubled_times(after: float, at: float) -> None:
    assert limits.retransmission(after) == pytest.approx(at)


def test_expected_gaps_of_a_silent_holder() -> None:
    fast = limits.holder_silent(FAST)
    skew, connect = 0.1 * 66 / 256, FAST.timings.connect_timeout / 1000
    assert fast[NEW_CONNECTION].expected == pytest.approx(0.3 + skew + connect)
    assert fast[PERSISTENT_CONNECTION].expected == pytest.approx(0.6 + connect + 0.1)


def test_expected_gap_of_the_fast_profile_is_that_of_the_project() -> None:
    assert limits.holder_silent(FAST)[NEW_CONNECTION].expected <= 0.61
    assert limits.last_failure(FAST) <= 0.71


@pytest.mark.parametrize("timings", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize(
    "fault",
    [
        limits.holder_silent,
        limits.server_silent,
        limits.server_refuses,
        limits.haproxy_dies,
        limits.keepalived_dies,
        limits.holder_goes,
    ],
)
def test_nothing_expected_is_beyond_its_limit(fault, timings) -> None:  # type: ignore[no-untyped-def]
    gaps = fault(LoadBalancer("any", timings))
    assert set(gaps) == {NEW_CONNECTION, PERSISTENT_CONNECTION}
    assert all(0 < gap.expected <= gap.limit for gap in gaps.values())


def test_past_haproxy_nobody_waits_for_it() -> None:
    """Use one second and priority 102: VRRP version 2 waits for three adverts and (256 - 102) / 256
    s."""
    classic = scenario("onprem-classic").load_balancer
    silent = limits.holder_silent(classic)
    assert silent[NEW_CONNECTION].expected == pytest.approx(3 + 154 / 256)
    assert silent[PERSISTENT_CONNECTION].expected == pytest.approx(6.2 + 0.1)
    assert limits.last_failure(classic) == pytest.approx(3 + 154 / 256 + 0.1)
    assert limits.haproxy_dies(classic) == limits.server_silent(classic)
    assert (
        limits.server_killed(classic)[NEW_CONNECTION].expected
        > limits.server_refuses(classic)[NEW_CONNECTION].expected
    )


def test_version_2_waits_for_a_part_of_a_second_whatever_the_interval() -> None:
    one, two = (
        scenario("onprem-classic", f"loadBalancer.timings.advertInterval={seconds}s").load_balancer
        for seconds in (1, 2)
    )
    assert forecast.skew(one) == forecast.skew(two) == pytest.approx(154 / 256)


def test_skew_is_that_of_the_second_priority_that_keepalived_gets() -> None:
    """Use seven control planes, whose priorities are closer together: (250 - 1) / 6 = 41, so the
    second one has 209."""
    seven = lab("ha-3x3", "machines[0].count=7")
    written = [_priority_in_keepalived_conf(seven, machine) for machine in seven.control_planes]
    assert written == [250, 209, 168, 127, 86, 45, 4]
    balancer = seven.scenario.load_balancer
    assert forecast.skew(balancer) == pytest.approx((256 - written[1]) / 256 * 0.1)


@pytest.mark.parametrize("number", [1, 3, 5, 9, 51])
def test_priorities_fall_and_stay_within_what_vrrp_knows(number: int) -> None:
    found = replace(FAST, control_planes=number).priorities
    assert list(found) == sorted(set(found), reverse=True)
    assert (len(found), found[0]) == (number, 250)
    assert found[-1] >= 1


def _priority_in_keepalived_conf(of: Lab, machine: Machine) -> int:
    files = payload(of, machine, host.none_needed(), Images("pause", "flannel"), EXAMPLE_SECRETS)
    found = re.search(r"^ +priority (\d+)$", files["keepalived.conf"].content, re.MULTILINE)
    assert found
    return int(found[1])


def test_what_guides_leave_out_is_never_noticed() -> None:
    left_out = scenario("onprem-classic", "loadBalancer.endpoint=haproxy").load_balancer
    assert forecast.haproxy_noticed(left_out) == forecast.NEVER
    assert forecast.server_stuck(left_out) == forecast.NEVER
    assert forecast.sessions_end(left_out) == forecast.NEVER
    assert limits.haproxy_dies(left_out)[NEW_CONNECTION].limit == left_out.timings.gap_limit / 1000
    # 10 s until the next check, 5 s for each of two, 10 s between them
    assert limits.last_failure(left_out) == pytest.approx(3 + 154 / 256 + 30 + 0.1)
    assert limits.holder_silent(left_out)[PERSISTENT_CONNECTION].expected == pytest.approx(
        6.2 + 30 + 0.1
    )


def test_limits_are_those_of_the_profile() -> None:
    assert limits.holder_silent(FAST)[NEW_CONNECTION].limit == FAST.timings.gap_limit / 1000
    assert limits.holder_silent(STANDARD)[NEW_CONNECTION].limit == STANDARD.timings.gap_limit / 1000


def test_write_waits_for_an_election_where_the_leader_may_be_gone() -> None:
    gaps = limits.holder_silent(FAST)
    without = limits.writes(gaps, election=0.0)
    with_one = limits.writes(gaps, election=2.0)
    assert with_one.expected - without.expected == pytest.approx(2.0)


def test_write_has_no_limit_below_what_is_expected() -> None:
    slow = scenario("ha-3x3", "loadBalancer.timings.advertInterval=1s").load_balancer
    write = limits.writes(limits.holder_silent(slow), election=2.0)
    assert write.expected <= write.limit


def test_watch_waits_for_its_connection_and_for_writes() -> None:
    gaps = {PERSISTENT_CONNECTION: Allowed(0.9, 3.0), NEW_CONNECTION: Allowed(0.6, 3.0)}
    assert limits.watch(gaps, Allowed(0.5, 2.0)).expected == pytest.approx(0.9 + 0.15)
    assert limits.watch(gaps, Allowed(2.5, 5.0)).expected == pytest.approx(2.5 + 0.15)


@pytest.mark.parametrize(
    ("gap", "seconds"), [(0.0, 1.0), (0.58, 1.0), (1.0, 1.0), (1.01, 3.0), (3.0, 3.0), (3.6, 7.0)]
)
def test_connection_that_falls_into_the_gap_is_made_when_its_syn_is_sent_again(
    gap: float, seconds: float
) -> None:
    """Expect a SYN after 1, 3 and 7 s; then HAProxy may try the dead API server first."""
    slowest = limits.slowest_answer(FAST, Allowed(gap, gap))
    connect = FAST.timings.connect_timeout / 1000
    assert slowest.expected == slowest.limit == pytest.approx(seconds + connect + limits.ANSWER)


def test_limit_of_the_slowest_answer_follows_from_that_of_the_gap() -> None:
    slowest = limits.slowest_answer(FAST, limits.holder_silent(FAST)[NEW_CONNECTION])
    connect = FAST.timings.connect_timeout / 1000
    assert slowest.expected == pytest.approx(1 + connect + 0.05)
    assert slowest.limit == pytest.approx(3 + connect + 0.05)
    direct = scenario("onprem-classic").load_balancer  # a gap of 3.6 s, and no HAProxy in the path
    slowest = limits.slowest_answer(direct, limits.holder_silent(direct)[NEW_CONNECTION])
    assert slowest.expected == pytest.approx(7 + 0.05)
