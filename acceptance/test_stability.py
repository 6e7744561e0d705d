"""Under high load the VIP does not move, and no request fails."""

import pytest

from acceptance.framework.experiment import assertions, limits
from acceptance.framework.experiment.result import Result, conclude
from acceptance.framework.experiment.run import probing
from acceptance.framework.experiment.testbed import Testbed
from acceptance.framework.plugins.experiments import RecordFigures, Save
from acceptance.framework.workloads.load import kubectl_load

pytestmark = [pytest.mark.full, pytest.mark.disturbs]

NAME = "stability"
SECONDS = 120.0


@pytest.fixture(scope="module")
def result(testbed: Testbed, save: Save) -> Result:
    """Run endless loops on all control planes, and several kubectl concurrently."""
    masters = ",".join(machine.name for machine in testbed.lab.control_planes)
    with probing(testbed) as experiment, kubectl_load(testbed.lab):
        experiment.inject("cpu-hog", masters, duration=2 * SECONDS)
        experiment.wait(SECONDS)
        experiment.heal()
        experiment.wait_steady_state()
    return save(NAME, conclude(experiment, limits.busy()))


def test_no_request_fails(result: Result, record_figures: RecordFigures) -> None:
    record_figures(NAME, result)
    assertions.within_limits(result)


def test_vip_never_moves(testbed: Testbed, result: Result) -> None:
    assertions.vip_never_moved(result, testbed)


def test_no_acknowledged_write_is_lost(result: Result) -> None:
    assertions.no_lost_write(result)


def test_lab_stays_healthy(result: Result) -> None:
    assertions.recovered(result)
