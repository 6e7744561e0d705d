"""The first master holds the VIP and loses its power. What do clients of the API see?"""

from collections.abc import Callable

import pytest

from acceptance.support import whole
from acceptance.support.api import Api
from acceptance.support.machines import On
from acceptance.support.measure import cases, promises
from acceptance.support.measure.measured import Measured
from acceptance.support.measure.observation import Bench
from acceptance.support.measure.run import measure
from acceptance.support.measuring import Keep
from labgen.lab.lab import Lab

pytestmark = [pytest.mark.ha, pytest.mark.disturbs, pytest.mark.power]

NAME = "power-cut-holder"
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def seen(bench: Bench, keep: Keep) -> Measured:
    """The power cut, once for all tests here, until the lab has healed."""
    budgets = cases.holder_silent(bench.lab)
    return keep(NAME, measure(bench, "power-cut", "holder", budgets))


def test_api_stays_reachable_when_the_vip_holder_loses_power(
    seen: Measured, record_property: Record
) -> None:
    promises.budgets(seen, NAME, record_property)


def test_no_acknowledged_write_is_lost(seen: Measured) -> None:
    promises.writes(seen)


def test_exactly_one_other_master_took_the_vip_over(lab: Lab, seen: Measured) -> None:
    promises.moved_to_one_of(seen, [machine.name for machine in lab.control_planes[1:]])


def test_lab_is_whole_once_the_power_is_back(lab: Lab, api: Api, on: On, seen: Measured) -> None:
    promises.healed(seen)
    whole.await_whole(lab, api, on, what="the lab staying whole", timeout=5)
