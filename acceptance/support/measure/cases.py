"""What each kind of fault may cost: its budgets from the lab's timings."""

from acceptance.support.measure.figures import Budgets
from labgen.faults import budgets, forecast
from labgen.faults.budgets import Budget, Gaps
from labgen.lab.lab import Lab
from labgen.scenario.model import Timings


def holder_silent(lab: Lab) -> Budgets:
    """The holder says nothing any more."""
    timings = lab.scenario.load_balancer.timings
    gaps = budgets.holder_silent(timings)
    latest = budgets.last_failure(timings)
    return Budgets(
        gaps=_all(gaps, election=True),
        last_failure=Budget(latest, max(latest, _limit(timings))),
        one_owner=Budget(forecast.vip_away(timings)[1], _limit(timings)),
    )


def _all(gaps: Gaps, *, election: bool) -> Gaps:
    pods = Budget(budgets.POD_LIMIT, budgets.POD_LIMIT)
    return {**gaps, "write": budgets.writes(gaps, election=election), "service": pods}


def _limit(timings: Timings) -> float:
    return timings.budget / 1000
