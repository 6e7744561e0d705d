"""A machine that is not the VIP's holder loses its power: a master, etcd's leader, a worker."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from acceptance.framework.experiment import assertions, limits, targets
from acceptance.framework.experiment.figures import Budgets
from acceptance.framework.experiment.measured import Measured
from acceptance.framework.experiment.observation import Bench
from acceptance.framework.experiment.run import measure
from acceptance.framework.plugins.measurement import Keep
from labgen.lab.lab import Lab

pytestmark = [pytest.mark.full, pytest.mark.disturbs, pytest.mark.power]

Record = Callable[[str, object], None]


@dataclass(frozen=True)
class Case:
    """target finds the machine whose power is cut, and has the lab be as the case wants it.

    not_ready is how long it may take until the node is NotReady, None where that is not waited for.
    """

    name: str
    target: Callable[[Bench], str]
    budgets: Callable[[Lab], Budgets]
    not_ready: float | None = None


CASES = (
    Case("another-master", targets.idle_master, limits.server_silent),
    Case("etcd-leader", targets.etcd_leader, limits.server_silent),
    # Kubernetes gives it 50 s, and looks every 5
    Case("worker", targets.worker, limits.worker_silent, not_ready=75.0),
)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture(scope="module")
def seen(bench: Bench, keep: Keep, case: Case) -> Measured:
    """The power cut of one machine, until the lab has healed."""
    target, budgets = case.target(bench), case.budgets(bench.lab)
    found = measure(bench, "power-cut", target, budgets, not_ready=case.not_ready)
    return keep(f"power-cut-{case.name}", found)


def test_clients_wait_no_longer_than_their_budgets(
    case: Case, seen: Measured, record_property: Record
) -> None:
    assertions.budgets(seen, f"power-cut-{case.name}", record_property)


def test_no_acknowledged_write_is_lost(seen: Measured) -> None:
    assertions.writes(seen)


def test_vip_stays_where_it_is(bench: Bench, seen: Measured) -> None:
    assertions.never_moved(seen, bench)


def test_lab_heals(seen: Measured) -> None:
    assertions.healed(seen)
