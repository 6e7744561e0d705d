"""All control planes are rebooted one after the other, each when the previous one is back, the VIP
holder last."""

import pytest

from acceptance.framework.experiment import assertions, limits
from acceptance.framework.experiment.result import Result, conclude
from acceptance.framework.experiment.run import probing
from acceptance.framework.experiment.testbed import Testbed
from acceptance.framework.plugins.experiments import RecordFigures, Save

pytestmark = [pytest.mark.full, pytest.mark.disturbs, pytest.mark.power]

NAME = "rolling-reboot"


@pytest.fixture(scope="module")
def result(testbed: Testbed, save: Save) -> Result:
    with probing(testbed) as experiment:
        for machine in reversed(testbed.lab.control_planes):
            experiment.inject("reboot", machine.name)
            experiment.wait_steady_state()
            experiment.wait_answers(quiet=1.0, timeout=20)
    return save(NAME, conclude(experiment, limits.masters_reboot(testbed.lab)))


def test_clients_wait_no_longer_than_their_limits(
    result: Result, record_figures: RecordFigures
) -> None:
    record_figures(NAME, result)
    assertions.within_limits(result)


def test_no_acknowledged_write_is_lost(result: Result) -> None:
    assertions.no_lost_write(result)


def test_lab_is_healthy_after_each_reboot(result: Result) -> None:
    assertions.recovered(result)
