"""Fast does not mean nervous: a busy lab is no reason to move anything."""

from collections.abc import Callable

import pytest

from acceptance.framework.experiment import assertions
from acceptance.framework.experiment.figures import Budgets
from acceptance.framework.experiment.measured import Measured, measured
from acceptance.framework.experiment.observation import CLIENTS, Bench
from acceptance.framework.experiment.observing import observing
from acceptance.framework.plugins.measurement import Keep
from acceptance.framework.workloads.load import storm
from labgen.timing.limits import Budget

pytestmark = [pytest.mark.full, pytest.mark.disturbs]

NAME = "stability"
SECONDS = 120.0
NONE_FAILS = Budget(0, 0)
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def seen(bench: Bench, keep: Keep) -> Measured:
    """Endless loops on all masters, and kubectl at the API from all sides."""
    masters = ",".join(machine.name for machine in bench.lab.control_planes)
    with observing(bench) as observation, storm(bench.lab):
        observation.inject("cpu-hog", masters, duration=2 * SECONDS)
        observation.rest(SECONDS)
        observation.heal()
        observation.await_whole()
    budgets = Budgets(failed=dict.fromkeys(CLIENTS, NONE_FAILS))
    return keep(NAME, measured(observation, budgets))


def test_no_probe_fails(seen: Measured, record_property: Record) -> None:
    assertions.budgets(seen, NAME, record_property)


def test_vip_never_moves(bench: Bench, seen: Measured) -> None:
    assertions.never_moved(seen, bench)


def test_no_acknowledged_write_is_lost(seen: Measured) -> None:
    assertions.writes(seen)


def test_lab_stays_whole(seen: Measured) -> None:
    assertions.healed(seen)
