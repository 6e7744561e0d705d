"""The holder and the other machines do not hear each other; clients hear all of them."""

from collections.abc import Callable

import pytest

from acceptance.framework.experiment import assertions, limits, tracks
from acceptance.framework.experiment.measured import Measured
from acceptance.framework.experiment.observation import Bench
from acceptance.framework.experiment.observers import owners
from acceptance.framework.experiment.run import measure
from acceptance.framework.plugins.measurement import Keep
from labgen.lab.lab import Lab

pytestmark = [pytest.mark.full, pytest.mark.disturbs]

NAME = "partition-holder"
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def seen(bench: Bench, keep: Keep) -> Measured:
    return keep(NAME, measure(bench, "partition", "holder", limits.holder_cut_off(bench.lab)))


def test_clients_wait_no_longer_than_their_budgets(seen: Measured, record_property: Record) -> None:
    assertions.budgets(seen, NAME, record_property)


def test_vip_has_two_owners_during_the_partition(lab: Lab, seen: Measured) -> None:
    """Neither side can know whether the other is dead or only not heard."""
    first, second, *_ = (machine.name for machine in lab.control_planes)
    during = tracks.within(seen.bands(owners.LANE), 0.0, assertions.mended(seen))
    assert during[-1].state == f"{first}, {second}"


def test_vip_has_one_owner_after_it(lab: Lab, seen: Measured) -> None:
    assert seen.bands(owners.LANE)[-1].state == lab.control_planes[0].name


def test_no_acknowledged_write_is_lost(seen: Measured) -> None:
    assertions.writes(seen)


def test_lab_heals(seen: Measured) -> None:
    assertions.healed(seen)
