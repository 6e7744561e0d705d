"""Two of three control planes lose their power: etcd has no majority, and pods continue."""

import pytest

from acceptance.framework.experiment import analysis, assertions
from acceptance.framework.experiment.limits import Limits
from acceptance.framework.experiment.result import Result, conclude
from acceptance.framework.experiment.run import probing
from acceptance.framework.experiment.testbed import Testbed
from acceptance.framework.plugins.experiments import RecordFigures, Save
from labgen.lab.lab import Lab
from labgen.recordings.metrics import SERVICE, WRITE
from labgen.timing import limits
from labgen.timing.limits import Allowed

pytestmark = [pytest.mark.full, pytest.mark.disturbs, pytest.mark.power]

NAME = "power-cut-two-masters"
WITHOUT = 12.0  # seconds without a majority; a machine that got its power back is up after 7
LATEST = 3.0  # seconds that a write may take: one that begins later may meet a majority again
BACK = Allowed(20.0, 60.0)  # seconds from the power's return to the first answer of the API


@pytest.fixture(scope="module")
def result(lab: Lab, testbed: Testbed, save: Save) -> Result:
    if len(lab.control_planes) != 3:
        pytest.skip("this needs exactly three control planes")
    with probing(testbed) as experiment:
        experiment.inject("power-cut", "holder,not-holder")
        experiment.wait(WITHOUT)
        experiment.heal()
        experiment.wait_steady_state()
        experiment.wait_answers(quiet=1.0, timeout=60)
    pods = {SERVICE: limits.pods(lab.scenario.load_balancer)} if lab.workers else {}
    return save(NAME, conclude(experiment, Limits(gaps=pods, back=BACK)))


def test_pods_go_on(result: Result, record_figures: RecordFigures) -> None:
    record_figures(NAME, result)
    assertions.within_limits(result)


def test_nothing_is_written_without_a_majority(result: Result) -> None:
    recording = result.recording
    without = analysis.begun(recording.samples(WRITE), 0.0, recording.healing - LATEST)
    assert [sample for sample in without if sample.failure is None] == []


def test_no_acknowledged_write_is_lost(result: Result) -> None:
    assertions.no_lost_write(result)


def test_lab_heals(result: Result) -> None:
    assertions.recovered(result)
