"""Two of three masters lose their power: no majority of etcd is left, and pods go on."""

from collections.abc import Callable

import pytest

from acceptance.framework.experiment import analysis, assertions
from acceptance.framework.experiment.figures import Budgets
from acceptance.framework.experiment.measured import Measured, measured
from acceptance.framework.experiment.observation import Bench
from acceptance.framework.experiment.observing import observing
from acceptance.framework.plugins.measurement import Keep
from labgen.lab.lab import Lab
from labgen.timing import limits
from labgen.timing.limits import Budget

pytestmark = [pytest.mark.full, pytest.mark.disturbs, pytest.mark.power]

NAME = "power-cut-two-masters"
WITHOUT = 12.0  # seconds without a majority; a machine that got its power back is up after 7
LATEST = 3.0  # seconds that a write may take: one that begins later may meet a majority again
BACK = Budget(20.0, 60.0)  # seconds from the power's return to the first answer of the API
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def seen(lab: Lab, bench: Bench, keep: Keep) -> Measured:
    if len(lab.control_planes) != 3:
        pytest.skip("two masters of three are a majority; the lab has another number")
    with observing(bench) as observation:
        observation.inject("power-cut", "holder,not-holder")
        observation.rest(WITHOUT)
        observation.heal()
        observation.await_whole()
        observation.await_good(quiet=1.0, timeout=60)
    pods = {"service": limits.pods(lab.scenario.load_balancer)} if lab.workers else {}
    return keep(NAME, measured(observation, Budgets(gaps=pods, back=BACK)))


def test_pods_go_on(seen: Measured, record_property: Record) -> None:
    assertions.budgets(seen, NAME, record_property)


def test_nothing_is_written_without_a_majority(seen: Measured) -> None:
    without = analysis.begun(seen.recording.samples["write"], 0.0, assertions.mended(seen) - LATEST)
    assert [sample for sample in without if sample.failure is None] == []


def test_no_acknowledged_write_is_lost(seen: Measured) -> None:
    assertions.writes(seen)


def test_lab_heals(seen: Measured) -> None:
    assertions.healed(seen)
