"""A machine other than the VIP holder loses its power: a control plane, etcd's leader, a worker."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from acceptance.framework.experiment import assertions, limits, targets
from acceptance.framework.experiment.limits import Limits
from acceptance.framework.experiment.result import Result
from acceptance.framework.experiment.run import run
from acceptance.framework.experiment.testbed import Testbed
from acceptance.framework.plugins.experiments import RecordFigures, Save
from labgen.lab.lab import Lab

pytestmark = [pytest.mark.full, pytest.mark.disturbs, pytest.mark.power]


@dataclass(frozen=True)
class Case:
    """One machine whose power is cut."""

    name: str
    target: Callable[[Testbed], str]  # prepares the lab and returns the machine
    limits: Callable[[Lab], Limits]
    not_ready: float | None = None  # seconds until the node is NotReady; None: not waited for


CASES = (
    Case("another-master", targets.idle_master, limits.server_silent),
    Case("etcd-leader", targets.etcd_leader, limits.server_silent),
    # Kubernetes waits for 50 s, and checks every 5 s
    Case("worker", targets.worker, limits.worker_silent, not_ready=75.0),
)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    chosen: Case = request.param
    return chosen


@pytest.fixture(scope="module")
def result(testbed: Testbed, save: Save, case: Case) -> Result:
    """Cut the power of one machine, and wait until the steady state is restored."""
    target, allowed = case.target(testbed), case.limits(testbed.lab)
    result = run(testbed, "power-cut", target, allowed, not_ready=case.not_ready)
    return save(f"power-cut-{case.name}", result)


def test_clients_wait_no_longer_than_their_limits(
    case: Case, result: Result, record_figures: RecordFigures
) -> None:
    record_figures(f"power-cut-{case.name}", result)
    assertions.within_limits(result)


def test_no_acknowledged_write_is_lost(result: Result) -> None:
    assertions.no_lost_write(result)


def test_vip_stays_where_it_is(testbed: Testbed, result: Result) -> None:
    assertions.vip_never_moved(result, testbed)


def test_lab_heals(result: Result) -> None:
    assertions.recovered(result)
