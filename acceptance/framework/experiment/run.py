"""Measuring one fault from its injection until the lab is whole again."""

from acceptance.framework.experiment import targets
from acceptance.framework.experiment.figures import Budgets
from acceptance.framework.experiment.measured import Measured, measured
from acceptance.framework.experiment.observation import Bench
from acceptance.framework.experiment.observing import observing

QUIET = 3.0  # seconds for which everything has to be good before healing begins
GIVE_UP = 20.0  # seconds after which healing begins although something still fails


def measure(
    bench: Bench,
    fault: str,
    target: str,
    budgets: Budgets,
    *,
    not_ready: float | None = None,
) -> Measured:
    """Do the fault, wait until clients have it good again, heal, wait until the lab is whole.

    The kept connection begins with the target's API server: what happens to that one happens to it.
    With not_ready, healing waits until target is known to be NotReady, at most so many seconds.

    Raises HarnessError when nothing can be measured; what does not come back is told by the result.
    """
    with observing(bench, kept_at=targets.named(bench, target)) as observation:
        observation.inject(fault, target)
        observation.await_good(quiet=QUIET, timeout=GIVE_UP)
        if not_ready is not None:
            observation.await_not_ready(target, not_ready)
        observation.heal()
        observation.await_whole()
        observation.await_good(quiet=1.0, timeout=GIVE_UP)
    return measured(observation, budgets)
