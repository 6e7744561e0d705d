"""All masters are rebooted, one after the other has come back, the holder last."""

from collections.abc import Callable

import pytest

from acceptance.framework.experiment import assertions, limits
from acceptance.framework.experiment.measured import Measured, measured
from acceptance.framework.experiment.observation import Bench
from acceptance.framework.experiment.observing import observing
from acceptance.framework.plugins.measurement import Keep

pytestmark = [pytest.mark.full, pytest.mark.disturbs, pytest.mark.power]

NAME = "rolling-reboot"
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def seen(bench: Bench, keep: Keep) -> Measured:
    with observing(bench) as observation:
        for machine in reversed(bench.lab.control_planes):
            observation.inject("reboot", machine.name)
            observation.await_whole()
            observation.await_good(quiet=1.0, timeout=20)
    return keep(NAME, measured(observation, limits.masters_reboot(bench.lab)))


def test_clients_wait_no_longer_than_their_budgets(seen: Measured, record_property: Record) -> None:
    assertions.budgets(seen, NAME, record_property)


def test_no_acknowledged_write_is_lost(seen: Measured) -> None:
    assertions.writes(seen)


def test_lab_is_whole_after_each_reboot(seen: Measured) -> None:
    assertions.healed(seen)
