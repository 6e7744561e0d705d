"""What each kind of fault may cost: its budgets from the lab's timings."""

from acceptance.support.measure.figures import Budgets
from labgen.faults import budgets, forecast
from labgen.faults.budgets import Budget, Gaps
from labgen.lab.lab import Lab
from labgen.scenario.model import Timings


def holder_silent(lab: Lab) -> Budgets:
    """The holder says nothing any more."""
    timings = lab.scenario.load_balancer.timings
    latest = budgets.last_failure(timings)
    return _budgets(
        timings,
        budgets.holder_silent(timings),
        election=True,
        last_failure=Budget(latest, max(latest, _limit(timings))),
        one_owner=Budget(forecast.vip_away(timings)[1], _limit(timings)),
    )


def server_silent(lab: Lab) -> Budgets:
    """A master that is not the holder says nothing any more."""
    timings = lab.scenario.load_balancer.timings
    return _budgets(timings, budgets.server_silent(timings), election=True)


def server_refuses(lab: Lab) -> Budgets:
    """An API server dies on the holder."""
    timings = lab.scenario.load_balancer.timings
    return _budgets(timings, budgets.server_refuses(timings), election=False)


def worker_silent(lab: Lab) -> Budgets:
    """A worker says nothing any more: clients of the API notice nothing."""
    timings = lab.scenario.load_balancer.timings
    return _budgets(timings, budgets.server_refuses(timings), election=False)


def haproxy_dies(lab: Lab) -> Budgets:
    """HAProxy dies on the holder."""
    timings = lab.scenario.load_balancer.timings
    noticed = forecast.haproxy_noticed(timings)[1]
    return _budgets(
        timings,
        budgets.haproxy_dies(timings),
        election=False,
        one_owner=Budget(noticed, max(noticed, _limit(timings))),
    )


def keepalived_dies(lab: Lab) -> Budgets:
    """keepalived dies on the holder."""
    timings = lab.scenario.load_balancer.timings
    return _budgets(
        timings,
        budgets.keepalived_dies(timings),
        election=False,
        one_owner=Budget(forecast.vip_away(timings)[1], _limit(timings)),
    )


def holder_cut_off(lab: Lab) -> Budgets:
    """The other machines do not hear the holder, nor it them; clients hear all."""
    timings = lab.scenario.load_balancer.timings
    return _budgets(timings, budgets.holder_silent(timings), election=True)


def masters_reboot(lab: Lab) -> Budgets:
    """All masters shut down in order, one after the other has come back."""
    timings = lab.scenario.load_balancer.timings
    return _budgets(timings, budgets.holder_goes(timings), election=True)


def _budgets(
    timings: Timings,
    gaps: Gaps,
    *,
    election: bool,
    last_failure: Budget | None = None,
    one_owner: Budget | None = None,
) -> Budgets:
    led = forecast.etcd_leader(timings)[1]
    return Budgets(
        gaps={
            **gaps,
            "write": budgets.writes(timings, gaps, election=election),
            "service": Budget(budgets.POD_AIM, budgets.POD_LIMIT),
        },
        last_failure=last_failure,
        one_owner=one_owner,
        leader=Budget(led, led + _limit(timings)) if election else None,
    )


def _limit(timings: Timings) -> float:
    return timings.budget / 1000
