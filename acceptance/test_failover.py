"""The VIP holder loses its power. What do clients of the API notice?"""

import pytest

from acceptance.framework.experiment import assertions, limits, steady_state
from acceptance.framework.experiment.result import Result
from acceptance.framework.experiment.run import run
from acceptance.framework.experiment.testbed import Testbed
from acceptance.framework.plugins.experiments import RecordFigures, Save
from labgen.lab.lab import Lab

pytestmark = [pytest.mark.ha, pytest.mark.disturbs, pytest.mark.power]

NAME = "power-cut-holder"


@pytest.fixture(scope="module")
def result(testbed: Testbed, save: Save) -> Result:
    """Cut the power once for all tests here, and wait until the steady state is restored."""
    allowed = limits.holder_silent(testbed.lab)
    return save(NAME, run(testbed, "power-cut", "holder", allowed))


def test_api_stays_reachable_when_the_vip_holder_loses_power(
    result: Result, record_figures: RecordFigures
) -> None:
    record_figures(NAME, result)
    assertions.within_limits(result)


def test_no_acknowledged_write_is_lost(result: Result) -> None:
    assertions.no_lost_write(result)


def test_exactly_one_other_control_plane_took_the_vip_over(lab: Lab, result: Result) -> None:
    assertions.vip_moved_to_one_of(result, [machine.name for machine in lab.control_planes[1:]])


def test_lab_is_healthy_once_the_power_is_back(lab: Lab, result: Result) -> None:
    assertions.recovered(result)
    steady_state.await_steady_state(lab, what="a lasting steady state", timeout=5)
