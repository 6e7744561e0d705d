"""The power of the whole lab goes, and comes back."""

from collections.abc import Callable

import pytest

from acceptance.framework.experiment import assertions
from acceptance.framework.experiment.figures import Budgets
from acceptance.framework.experiment.measured import Measured, measured
from acceptance.framework.experiment.observation import Bench
from acceptance.framework.experiment.observing import observing
from acceptance.framework.plugins.measurement import Keep
from labgen.timing.limits import Budget

pytestmark = [pytest.mark.full, pytest.mark.disturbs, pytest.mark.power]

NAME = "power-cut-all-machines"
DARK = 2.0  # seconds without any machine
BACK = Budget(10.0, 60.0)  # seconds from the power's return to the API's first answer; by hand 6.5
HEALED = Budget(75.0, 150.0)  # seconds until all pods are Ready; by hand 59
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def seen(bench: Bench, keep: Keep) -> Measured:
    with observing(bench) as observation:
        observation.inject("power-cut", "all")
        observation.rest(DARK)
        observation.heal()
        observation.await_whole(HEALED.limit)
        observation.await_good(quiet=1.0, timeout=60)
    return keep(NAME, measured(observation, Budgets(back=BACK, healed=HEALED)))


def test_lab_comes_back_by_itself(seen: Measured, record_property: Record) -> None:
    assertions.budgets(seen, NAME, record_property)
    assertions.healed(seen)


def test_no_acknowledged_write_is_lost(seen: Measured) -> None:
    assertions.writes(seen)
