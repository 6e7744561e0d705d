"""The holder and the other machines do not hear each other; clients hear all of them."""

from collections.abc import Callable

import pytest

from acceptance.support.measure import bands, cases, promises
from acceptance.support.measure.measured import Measured
from acceptance.support.measure.observation import Bench
from acceptance.support.measure.run import measure
from acceptance.support.measuring import Keep
from acceptance.support.observers import owners
from labgen.lab.lab import Lab

pytestmark = [pytest.mark.full, pytest.mark.disturbs]

NAME = "partition-holder"
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def seen(bench: Bench, keep: Keep) -> Measured:
    return keep(NAME, measure(bench, "partition", "holder", cases.holder_cut_off(bench.lab)))


def test_clients_wait_no_longer_than_their_budgets(seen: Measured, record_property: Record) -> None:
    promises.budgets(seen, NAME, record_property)


def test_vip_has_two_owners_during_the_partition(lab: Lab, seen: Measured) -> None:
    """Neither side can know whether the other is dead or only not heard."""
    first, second, *_ = (machine.name for machine in lab.control_planes)
    during = bands.within(seen.bands(owners.LANE), 0.0, promises.mended(seen))
    assert during[-1].state == f"{first}, {second}"


def test_vip_has_one_owner_after_it(lab: Lab, seen: Measured) -> None:
    assert seen.bands(owners.LANE)[-1].state == lab.control_planes[0].name


def test_no_acknowledged_write_is_lost(seen: Measured) -> None:
    promises.writes(seen)


def test_lab_heals(seen: Measured) -> None:
    promises.healed(seen)
