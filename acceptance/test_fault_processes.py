"""A program dies on the VIP holder while its machine keeps running."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from acceptance.framework.experiment import assertions, limits
from acceptance.framework.experiment.limits import Limits
from acceptance.framework.experiment.result import Result
from acceptance.framework.experiment.run import run
from acceptance.framework.experiment.testbed import Testbed
from acceptance.framework.plugins.experiments import RecordFigures, Save
from labgen.lab.lab import Lab
from labgen.scenario.model import LoadBalancer

pytestmark = [pytest.mark.full, pytest.mark.disturbs]


@dataclass(frozen=True)
class Case:
    """One program. vip_moves: another control plane gets the VIP; otherwise the VIP never moves."""

    fault: str
    limits: Callable[[Lab], Limits]
    vip_moves: Callable[[LoadBalancer], bool]


CASES = (
    # without the script keepalived does not notice
    Case("haproxy-killed", limits.haproxy_dies, lambda it: it.keepalived.track_script != "none"),
    Case("keepalived-killed", limits.keepalived_dies, lambda _: True),
    Case("api-server-killed", limits.server_killed, lambda _: False),
)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.fault)
def case(request: pytest.FixtureRequest) -> Case:
    chosen: Case = request.param
    return chosen


@pytest.fixture(scope="module")
def result(testbed: Testbed, save: Save, case: Case) -> Result:
    """Kill one program, and wait until the steady state is restored."""
    return save(
        f"{case.fault}-holder", run(testbed, case.fault, "holder", case.limits(testbed.lab))
    )


def test_clients_wait_no_longer_than_their_limits(
    case: Case, result: Result, record_figures: RecordFigures
) -> None:
    record_figures(f"{case.fault}-holder", result)
    assertions.within_limits(result)


def test_vip_has_one_owner_and_the_right_one(testbed: Testbed, case: Case, result: Result) -> None:
    if case.vip_moves(testbed.lab.scenario.load_balancer):
        assertions.vip_moved_to_one_of(
            result, [machine.name for machine in testbed.lab.control_planes[1:]]
        )
    else:
        assertions.vip_never_moved(result, testbed)


def test_no_acknowledged_write_is_lost(result: Result) -> None:
    assertions.no_lost_write(result)


def test_lab_heals(result: Result) -> None:
    assertions.recovered(result)
