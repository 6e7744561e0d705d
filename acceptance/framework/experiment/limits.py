"""What each kind of fault may cost: its budgets from the lab's load balancer."""

from collections.abc import Callable
from dataclasses import replace

from acceptance.framework.experiment.figures import Budgets
from labgen.lab.lab import Lab
from labgen.scenario.model import LoadBalancer
from labgen.timing import forecast, limits
from labgen.timing.forecast import Range
from labgen.timing.limits import Budget, Gaps

SERVICE = "service"


def holder_silent(lab: Lab) -> Budgets:
    """The holder says nothing any more."""
    balancer = lab.scenario.load_balancer
    return _budgets(
        lab,
        limits.holder_silent(balancer),
        led=forecast.etcd_leader,
        last_failure=_at_most(limits.last_failure(balancer), balancer),
        one_owner=_at_most(forecast.vip_away(balancer)[1], balancer),
    )


def server_silent(lab: Lab) -> Budgets:
    """A master that is not the holder says nothing any more."""
    balancer = lab.scenario.load_balancer
    return _budgets(lab, limits.server_silent(balancer), led=forecast.etcd_leader)


def server_killed(lab: Lab) -> Budgets:
    """An API server dies on the holder."""
    balancer = lab.scenario.load_balancer
    return _budgets(lab, limits.server_killed(balancer))


def worker_silent(lab: Lab) -> Budgets:
    """A worker says nothing any more: clients of the API notice nothing.

    For most of a minute pods ask its pods too, so their stream is only told of.
    """
    balancer = lab.scenario.load_balancer
    found = _budgets(lab, limits.server_refuses(balancer))
    return replace(found, gaps={k: gap for k, gap in found.gaps.items() if k != SERVICE})


def haproxy_dies(lab: Lab) -> Budgets:
    """HAProxy dies on the holder."""
    balancer = lab.scenario.load_balancer
    noticed = forecast.haproxy_noticed(balancer)[1]
    moves = balancer.keepalived.track_script == "haproxy"
    return _budgets(
        lab,
        limits.haproxy_dies(balancer),
        one_owner=_at_most(noticed, balancer) if moves else None,
    )


def keepalived_dies(lab: Lab) -> Budgets:
    """keepalived dies on the holder."""
    balancer = lab.scenario.load_balancer
    return _budgets(
        lab,
        limits.keepalived_dies(balancer),
        one_owner=_at_most(forecast.vip_away(balancer)[1], balancer),
    )


def holder_cut_off(lab: Lab) -> Budgets:
    """The other machines do not hear the holder, nor it them; clients hear all.

    If it leads etcd, it goes on to do so for itself until it notices.
    """
    balancer = lab.scenario.load_balancer
    return _budgets(lab, limits.holder_silent(balancer), led=forecast.etcd_steps_down)


def masters_reboot(lab: Lab) -> Budgets:
    """All masters shut down in order, one after the other has come back.

    etcd may lose its leader more than once, so there is no one time until it has one.
    """
    balancer = lab.scenario.load_balancer
    found = _budgets(lab, limits.holder_goes(balancer), led=forecast.etcd_leader)
    return replace(found, leader=None)


def _budgets(
    lab: Lab,
    gaps: Gaps,
    *,
    led: Callable[[LoadBalancer], Range] | None = None,
    last_failure: Budget | None = None,
    one_owner: Budget | None = None,
) -> Budgets:
    """led foretells when etcd has a leader again, None where it keeps the one it has."""
    balancer = lab.scenario.load_balancer
    election = led(balancer)[1] if led else 0.0
    # without workers the stream's pods are on the masters, and what is done to those reaches them
    pods = {SERVICE: limits.pods(balancer)} if lab.workers else {}
    write = limits.writes(gaps, election=election)
    watch = limits.watch(gaps, write)
    return Budgets(
        gaps={**gaps, "write": write, "watch": watch, **pods},
        last_failure=last_failure,
        one_owner=one_owner,
        leader=Budget(election, election + _limit(balancer)) if led else None,
    )


def _at_most(aim: float, balancer: LoadBalancer) -> Budget:
    """The scenario's budget, or the aim where that is longer."""
    return Budget(aim, max(aim, _limit(balancer)))


def _limit(balancer: LoadBalancer) -> float:
    return balancer.timings.budget / 1000
