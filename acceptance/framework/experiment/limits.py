"""The limits of each kind of fault, from the settings of the lab's load balancer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from acceptance.framework.experiment.probes import new_connection
from labgen.lab.lab import Lab
from labgen.recordings.metrics import API_CLIENTS, NEW_CONNECTION, SERVICE, WATCH, WRITE
from labgen.scenario.model import LoadBalancer
from labgen.timing import forecast, limits
from labgen.timing.forecast import Range
from labgen.timing.limits import Allowed, Gaps

NONE_FAILS = Allowed(0, 0)
BUSY = Allowed(1.0, 2.0)  # seconds for an answer of a busy lab without a fault of its machines


@dataclass(frozen=True)
class Limits:
    """The limits of an experiment; a figure without a limit is only reported."""

    gaps: Gaps = field(default_factory=dict)  # by kind of client
    failed: Mapping[str, Allowed] = field(default_factory=dict)  # requests, by kind of client
    slowest: Mapping[str, Allowed] = field(default_factory=dict)  # answers, by kind of client
    last_failure: Allowed | None = None
    one_owner: Allowed | None = None  # of the VIP
    leader: Allowed | None = None  # of etcd
    back: Allowed | None = None  # the API, after the power returned
    steady_state: Allowed | None = None


def holder_silent(lab: Lab) -> Limits:
    """Return the limits for a holder that falls silent.

    A slowest answer that no client waits for has no limit: nothing could exceed it.
    """
    balancer = lab.scenario.load_balancer
    gaps = limits.holder_silent(balancer)
    found = _limits(
        lab,
        gaps,
        led=forecast.etcd_leader,
        last_failure=_at_most(limits.last_failure(balancer), balancer),
        one_owner=_at_most(forecast.vip_away(balancer)[1], balancer),
    )
    slowest = limits.slowest_answer(balancer, gaps[NEW_CONNECTION])
    if slowest.limit >= new_connection.TIMEOUT:
        return found
    return replace(found, slowest={NEW_CONNECTION: slowest})


def server_silent(lab: Lab) -> Limits:
    """Return the limits for another control plane that falls silent."""
    balancer = lab.scenario.load_balancer
    return _limits(lab, limits.server_silent(balancer), led=forecast.etcd_leader)


def server_killed(lab: Lab) -> Limits:
    """Return the limits for an API server that dies on the holder."""
    balancer = lab.scenario.load_balancer
    return _limits(lab, limits.server_killed(balancer))


def worker_silent(lab: Lab) -> Limits:
    """Return the limits for a worker that falls silent: clients of the API notice nothing.

    For most of a minute the Service still sends requests to the worker's pods, so clients of the
    Service have no limit.
    """
    balancer = lab.scenario.load_balancer
    found = _limits(lab, limits.server_refuses(balancer))
    return replace(found, gaps={k: gap for k, gap in found.gaps.items() if k != SERVICE})


def haproxy_dies(lab: Lab) -> Limits:
    """Return the limits for HAProxy dying on the holder."""
    balancer = lab.scenario.load_balancer
    noticed = forecast.haproxy_noticed(balancer)[1]
    moves = balancer.keepalived.track_script == "haproxy"
    return _limits(
        lab,
        limits.haproxy_dies(balancer),
        one_owner=_at_most(noticed, balancer) if moves else None,
    )


def keepalived_dies(lab: Lab) -> Limits:
    """Return the limits for keepalived dying on the holder."""
    balancer = lab.scenario.load_balancer
    return _limits(
        lab,
        limits.keepalived_dies(balancer),
        one_owner=_at_most(forecast.vip_away(balancer)[1], balancer),
    )


def holder_cut_off(lab: Lab) -> Limits:
    """Return the limits for a holder that is cut off from the other machines; clients reach all of
    them.

    If the holder leads etcd, it continues to act as leader until it detects the partition.
    """
    balancer = lab.scenario.load_balancer
    return _limits(lab, limits.holder_silent(balancer), led=forecast.etcd_steps_down)


def masters_reboot(lab: Lab) -> Limits:
    """Return the limits for control planes that reboot one after the other, each when the previous
    one is back.

    etcd may lose its leader more than once, so there is no single time until it has one.
    """
    balancer = lab.scenario.load_balancer
    found = _limits(lab, limits.holder_goes(balancer), led=forecast.etcd_leader)
    return replace(found, leader=None)


def busy() -> Limits:
    """Return the limits for a lab that has much to do: no request fails, and none hangs."""
    failed = dict.fromkeys(API_CLIENTS, NONE_FAILS)
    return Limits(failed=failed, slowest={NEW_CONNECTION: BUSY})


def _limits(
    lab: Lab,
    gaps: Gaps,
    *,
    led: Callable[[LoadBalancer], Range] | None = None,
    last_failure: Allowed | None = None,
    one_owner: Allowed | None = None,
) -> Limits:
    """Return the limits. led predicts when etcd has a leader again, None if it keeps its leader."""
    balancer = lab.scenario.load_balancer
    election = led(balancer)[1] if led else 0.0
    # without workers the pods are on the control planes, and faults there reach them
    pods = {SERVICE: limits.pods(balancer)} if lab.workers else {}
    write = limits.writes(gaps, election=election)
    watch = limits.watch(gaps, write)
    return Limits(
        gaps={**gaps, WRITE: write, WATCH: watch, **pods},
        last_failure=last_failure,
        one_owner=one_owner,
        leader=Allowed(election, election + _limit(balancer)) if led else None,
    )


def _at_most(expected: float, balancer: LoadBalancer) -> Allowed:
    """Return the scenario's limit, or the expected time if that is longer."""
    return Allowed(expected, max(expected, _limit(balancer)))


def _limit(balancer: LoadBalancer) -> float:
    return balancer.timings.gap_limit / 1000
