"""A machine that is not the VIP's holder loses its power: a master, etcd's leader, a worker."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from acceptance.support.measure import cases, places, promises
from acceptance.support.measure.figures import Budgets
from acceptance.support.measure.measured import Measured
from acceptance.support.measure.observation import Bench
from acceptance.support.measure.run import measure
from acceptance.support.measuring import Keep
from labgen.lab.lab import Lab

pytestmark = [pytest.mark.full, pytest.mark.disturbs]

Record = Callable[[str, object], None]


@dataclass(frozen=True)
class Case:
    """target finds the machine whose power is cut, and has the lab be as the case wants it."""

    name: str
    target: Callable[[Bench], str]
    budgets: Callable[[Lab], Budgets]


CASES = (
    Case("another-master", places.idle_master, cases.server_silent),
    Case("etcd-leader", places.etcd_leader, cases.server_silent),
    Case("worker", places.worker, cases.worker_silent),
)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture(scope="module")
def seen(bench: Bench, keep: Keep, case: Case) -> Measured:
    """The power cut of one machine, until the lab has healed."""
    target = case.target(bench)
    return keep(
        f"power-cut-{case.name}", measure(bench, "power-cut", target, case.budgets(bench.lab))
    )


def test_clients_wait_no_longer_than_their_budgets(
    case: Case, seen: Measured, record_property: Record
) -> None:
    promises.budgets(seen, f"power-cut-{case.name}", record_property)


def test_no_acknowledged_write_is_lost(seen: Measured) -> None:
    promises.writes(seen)


def test_vip_stays_where_it_is(seen: Measured) -> None:
    promises.never_moved(seen)


def test_lab_heals(seen: Measured) -> None:
    promises.healed(seen)
