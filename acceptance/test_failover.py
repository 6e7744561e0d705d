"""The first master holds the VIP and loses its power. What do clients of the API see?"""

from collections.abc import Callable, Iterator

import pytest

from acceptance.support import failover, writer
from acceptance.support.api import Api
from acceptance.support.failover import Failover
from acceptance.support.machines import On
from labgen.lab.lab import Lab

pytestmark = [pytest.mark.ha, pytest.mark.disturbs]

LEAST_RATE = 20.0  # probes a second; with fewer, a gap is not known well enough
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def seen(lab: Lab, api: Api, on: On) -> Iterator[Failover]:
    """The power cut, once for all tests here. Setting up includes that the lab has healed:
    one holder again, the first master; nodes and pods Ready; etcd members and HAProxy's
    servers all there."""
    if len(lab.control_planes) == 1:
        pytest.skip("one control plane: nothing can take over")
    try:
        yield failover.measure(lab, api, on)
    finally:
        writer.remove(api)


def test_api_stays_reachable_when_the_vip_holder_loses_power(
    lab: Lab, seen: Failover, record_property: Record
) -> None:
    budget = lab.scenario.load_balancer.timings.budget / 1000
    api = seen.api
    kinds = ", ".join(f"{number} {kind}" for kind, number in api.kinds.items())
    record_property("longest gap of the API", f"{api.longest_gap:.2f} s (budget {budget:g} s)")
    record_property("failed probes", f"{api.failed} of {api.probes} ({kinds or 'none'})")
    record_property("last failure after the cut", f"{seen.last_failure:.2f} s")
    record_property("probes a second", f"{api.rate:.1f}, at most {api.longest_stall:.2f} s apart")
    assert api.longest_gap <= budget


def test_prober_was_fast_enough_to_tell(seen: Failover) -> None:
    assert seen.api.rate >= LEAST_RATE


def test_no_acknowledged_write_is_lost(seen: Failover, record_property: Record) -> None:
    record_property("writes acknowledged", seen.acknowledged)
    record_property("writes not acknowledged", seen.unacknowledged)
    record_property("acknowledged writes lost", len(seen.lost))
    assert seen.acknowledged > 0
    assert seen.lost == []


def test_exactly_one_other_master_took_the_vip_over(lab: Lab, seen: Failover) -> None:
    others = {machine.name for machine in lab.control_planes[1:]}
    assert len(seen.holder) == 1, f"holders after the cut: {seen.holder}"
    assert seen.holder[0] in others


def test_lab_is_whole_once_the_power_is_back(lab: Lab, api: Api, on: On, seen: Failover) -> None:
    failover.whole(lab, api, on, what="the lab staying whole", timeout=5)
