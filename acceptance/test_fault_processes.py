"""A program dies on the VIP's holder while its machine lives on."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from acceptance.framework.experiment import assertions, limits
from acceptance.framework.experiment.figures import Budgets
from acceptance.framework.experiment.measured import Measured
from acceptance.framework.experiment.observation import Bench
from acceptance.framework.experiment.run import measure
from acceptance.framework.plugins.measurement import Keep
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
    Case("haproxy-killed", limits.haproxy_dies, lambda it: it.keepalived.track_script != "none"),
    Case("keepalived-killed", limits.keepalived_dies, lambda _: True),
    Case("api-server-killed", limits.server_killed, lambda _: False),
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
    assertions.budgets(seen, f"{case.fault}-holder", record_property)


def test_vip_has_one_owner_and_the_right_one(bench: Bench, case: Case, seen: Measured) -> None:
    if case.vip_moves(bench.lab.scenario.load_balancer):
        assertions.moved_to_one_of(seen, [machine.name for machine in bench.lab.control_planes[1:]])
    else:
        assertions.never_moved(seen, bench)


def test_no_acknowledged_write_is_lost(seen: Measured) -> None:
    assertions.writes(seen)


def test_lab_heals(seen: Measured) -> None:
    assertions.healed(seen)
