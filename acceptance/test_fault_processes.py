"""A program dies on the VIP's holder while its machine lives on."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from acceptance.support.measure import cases, promises
from acceptance.support.measure.figures import Budgets
from acceptance.support.measure.measured import Measured
from acceptance.support.measure.observation import Bench
from acceptance.support.measure.run import measure
from acceptance.support.measuring import Keep
from labgen.lab.lab import Lab
from labgen.scenario.model import LoadBalancer

pytestmark = [pytest.mark.full, pytest.mark.disturbs]

Record = Callable[[str, object], None]


@dataclass(frozen=True)
class Case:
    """vip_moves: another master has the VIP in the end; otherwise it never moves."""

    fault: str
    budgets: Callable[[Lab], Budgets]
    vip_moves: Callable[[LoadBalancer], bool]


CASES = (
    # without the script nobody tells keepalived
    Case("haproxy-killed", cases.haproxy_dies, lambda it: it.keepalived.track_script != "none"),
    Case("keepalived-killed", cases.keepalived_dies, lambda _: True),
    Case("api-server-killed", cases.server_killed, lambda _: False),
)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.fault)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture(scope="module")
def seen(bench: Bench, keep: Keep, case: Case) -> Measured:
    """The death of one program, until the lab has healed."""
    return keep(
        f"{case.fault}-holder", measure(bench, case.fault, "holder", case.budgets(bench.lab))
    )


def test_clients_wait_no_longer_than_their_budgets(
    case: Case, seen: Measured, record_property: Record
) -> None:
    promises.budgets(seen, f"{case.fault}-holder", record_property)


def test_vip_has_one_owner_and_the_right_one(bench: Bench, case: Case, seen: Measured) -> None:
    if case.vip_moves(bench.lab.scenario.load_balancer):
        promises.moved_to_one_of(seen, [machine.name for machine in bench.lab.control_planes[1:]])
    else:
        promises.never_moved(seen, bench)


def test_no_acknowledged_write_is_lost(seen: Measured) -> None:
    promises.writes(seen)


def test_lab_heals(seen: Measured) -> None:
    promises.healed(seen)
