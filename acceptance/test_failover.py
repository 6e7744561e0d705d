"""The first master holds the VIP and loses its power. What do clients of the API see?"""

from collections.abc import Callable

import pytest

from acceptance.framework.experiment import assertions, limits, steady_state
from acceptance.framework.experiment.measured import Measured
from acceptance.framework.experiment.observation import Bench
from acceptance.framework.experiment.run import measure
from acceptance.framework.plugins.measurement import Keep
from labgen.lab.lab import Lab

pytestmark = [pytest.mark.ha, pytest.mark.disturbs, pytest.mark.power]

NAME = "power-cut-holder"
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def seen(bench: Bench, keep: Keep) -> Measured:
    """The power cut, once for all tests here, until the lab has healed."""
    budgets = limits.holder_silent(bench.lab)
    return keep(NAME, measure(bench, "power-cut", "holder", budgets))


def test_api_stays_reachable_when_the_vip_holder_loses_power(
    seen: Measured, record_property: Record
) -> None:
    assertions.budgets(seen, NAME, record_property)


def test_no_acknowledged_write_is_lost(seen: Measured) -> None:
    assertions.writes(seen)


def test_exactly_one_other_master_took_the_vip_over(lab: Lab, seen: Measured) -> None:
    assertions.moved_to_one_of(seen, [machine.name for machine in lab.control_planes[1:]])


def test_lab_is_whole_once_the_power_is_back(lab: Lab, seen: Measured) -> None:
    assertions.healed(seen)
    steady_state.await_steady_state(lab, what="the lab staying healthy", timeout=5)
