"""The VIP holder and the other machines cannot reach each other; clients reach all of them."""

import pytest

from acceptance.framework.experiment import assertions, limits, tracks
from acceptance.framework.experiment.observers import owners
from acceptance.framework.experiment.result import Result
from acceptance.framework.experiment.run import run
from acceptance.framework.experiment.testbed import Testbed
from acceptance.framework.plugins.experiments import RecordFigures, Save
from labgen.lab.lab import Lab

pytestmark = [pytest.mark.full, pytest.mark.disturbs]

NAME = "partition-holder"


@pytest.fixture(scope="module")
def result(testbed: Testbed, save: Save) -> Result:
    return save(NAME, run(testbed, "partition", "holder", limits.holder_cut_off(testbed.lab)))


def test_clients_wait_no_longer_than_their_limits(
    result: Result, record_figures: RecordFigures
) -> None:
    record_figures(NAME, result)
    assertions.within_limits(result)


def test_vip_has_two_owners_during_the_partition(lab: Lab, result: Result) -> None:
    """Neither side can know whether the other is dead or only unreachable."""
    first, second, *_ = (machine.name for machine in lab.control_planes)
    during = tracks.within(result.bands(owners.LANE), 0.0, result.recording.healing)
    assert during[-1].state == f"{first}, {second}"


def test_vip_has_one_owner_after_it(lab: Lab, result: Result) -> None:
    assert result.bands(owners.LANE)[-1].state == lab.control_planes[0].name


def test_no_acknowledged_write_is_lost(result: Result) -> None:
    assertions.no_lost_write(result)


def test_lab_heals(result: Result) -> None:
    assertions.recovered(result)
