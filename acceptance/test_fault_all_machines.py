"""All machines lose their power and get it back."""

import pytest

from acceptance.framework.experiment import assertions
from acceptance.framework.experiment.limits import Limits
from acceptance.framework.experiment.result import Result, conclude
from acceptance.framework.experiment.run import probing
from acceptance.framework.experiment.testbed import Testbed
from acceptance.framework.plugins.experiments import RecordFigures, Save
from labgen.timing.limits import Allowed

pytestmark = [pytest.mark.full, pytest.mark.disturbs, pytest.mark.power]

NAME = "power-cut-all-machines"
DARK = 2.0  # seconds without any machine
BACK = Allowed(10.0, 60.0)  # seconds from the power's return to the API's first answer; by hand 6.5
RESTORED = Allowed(75.0, 150.0)  # seconds until all pods are Ready; by hand 59


@pytest.fixture(scope="module")
def result(testbed: Testbed, save: Save) -> Result:
    with probing(testbed) as experiment:
        experiment.inject("power-cut", "all")
        experiment.wait(DARK)
        experiment.heal()
        experiment.wait_steady_state(RESTORED.limit)
        experiment.wait_answers(quiet=1.0, timeout=60)
    return save(NAME, conclude(experiment, Limits(back=BACK, steady_state=RESTORED)))


def test_lab_comes_back_by_itself(result: Result, record_figures: RecordFigures) -> None:
    record_figures(NAME, result)
    assertions.within_limits(result)
    assertions.recovered(result)


def test_no_acknowledged_write_is_lost(result: Result) -> None:
    assertions.no_lost_write(result)
