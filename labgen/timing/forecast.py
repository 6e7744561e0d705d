"""Compute times from a scenario's load balancer, by the formulas of docs/explanation/ha.md.

Each function returns the shortest and the longest time in seconds, or NEVER if the settings disable
it. The comment above has the formula in words, with the names of the scenario's timings. Times that
follow from defaults of Kubernetes and etcd are here too.
"""

import math

from labgen.render.files import PATIENCE
from labgen.scenario.model import LoadBalancer, Timings

Range = tuple[float, float]
NEVER = (math.inf, math.inf)
# Linux retransmits for the first time after 200 ms (TCP_RTO_MIN, net/tcp.h), then doubles.
RTO_MIN = 0.2
SCRIPT = 1.0  # seconds x slowdown for a check of a HAProxy that refuses, at most: bash starts
SECONDS_ONLY = 2  # the VRRP version that counts whole seconds
ELECTION = 1.0  # etcd's --election-timeout; labgen has it so many times as long as slowdown says
GRACE = 50.0  # --node-monitor-grace-period, pkg/controller/nodelifecycle of Kubernetes
LEASE = 10.0  # a kubelet renews its lease so often, a quarter of nodeLeaseDurationSeconds
MONITOR = 5.0  # --node-monitor-period

SKEW = "skew"
MEANING_OF_SKEW = (
    "skew = (256 - 190) / 256 x advertInterval; 190 is the next control plane's priority where the "
    "scenario sets none and has at most five control planes. With vrrpVersion 2, the skew is a part"
    " of one second instead of advertInterval"
)
VIP_AWAY = "2 to 3 x advertInterval + skew"
LONGEST_GAP = "3 x advertInterval + skew + connectTimeout, and one answer"
HAPROXY_NOTICED = "scriptFall x scriptInterval + at most 1 s for the script + skew"
SESSIONS_END = "4 x connectTimeout without an acknowledgement, and until TCP sends again"
SERVER_OUT = "checkInterval + connectTimeout + (fall - 1) x (fastInterval + connectTimeout)"
SERVER_REFUSES = "checkInterval + (fall - 1) x fastInterval"
SERVER_STUCK = "checkInterval + checkTimeout + (fall - 1) x (fastInterval + checkTimeout)"
ETCD_LEADER = "1 to 2 x etcd's election timeout of 1 s, drawn by each member; more if votes split"
ETCD_STEPS_DOWN = "up to 2 x etcd's election timeout until it steps down, then 1 to 2 x"
NOT_READY = "50 s after the last lease, which is renewed every 10 s; checked every 5 s"


def skew(balancer: LoadBalancer) -> float:
    """Return the additional wait of the next control plane (RFC 5798, section 6.1).

    In version 2 it is a part of one second, whatever the interval (RFC 3768, section 6.1).
    """
    priority = balancer.priorities[:2][-1]  # a single control plane is its own next one
    unit = 1.0 if balancer.keepalived.vrrp_version == SECONDS_ONLY else _advert(balancer)
    return (256 - priority) / 256 * unit


def one_advert(balancer: LoadBalancer) -> Range:
    """Return the time until the next advert."""
    return 0.0, _advert(balancer)


def handed_over(balancer: LoadBalancer) -> Range:
    """Return the time from an advert of priority 0 until the next control plane has the VIP."""
    return skew(balancer), skew(balancer)


def vip_away(balancer: LoadBalancer) -> Range:
    """Return the time from the holder's silence until the next control plane has the VIP."""
    advert = _advert(balancer)
    return 2 * advert + skew(balancer), 3 * advert + skew(balancer)


def longest_gap(balancer: LoadBalancer) -> Range:
    """Return the longest gap of new connections when the holder's machine falls silent.

    Without HAProxy in between, the next holder's own API server answers, and no client waits for
    the dead one.
    """
    least, most = vip_away(balancer)
    return least, most if balancer.direct else most + balancer.timings.connect_timeout / 1000


def haproxy_noticed(balancer: LoadBalancer) -> Range:
    """Return the time from the death of the holder's HAProxy until the VIP has moved."""
    if balancer.keepalived.track_script == "none":
        return NEVER
    timings = balancer.timings
    interval = timings.script_interval / 1000
    least = (timings.script_fall - 1) * interval + skew(balancer)
    script = SCRIPT * timings.slowdown
    return least, timings.script_fall * interval + script + skew(balancer)


def server_out(balancer: LoadBalancer) -> Range:
    """Return the time until HAProxy's checks take out an API server whose machine is silent."""
    return _checks(balancer.timings, balancer.timings.connect_timeout)


def server_in(balancer: LoadBalancer) -> float:
    """Return the longest time until HAProxy's checks put a returned API server in."""
    timings = balancer.timings
    return timings.rise * (timings.down_interval + timings.check_timeout) / 1000


def sessions_end(balancer: LoadBalancer) -> Range:
    """Return the time until HAProxy ends the sessions with an API server whose machine is silent.

    That is tcp-ut, which the kernel checks when it retransmits (tcp_retransmits_timed_out,
    net/ipv4/tcp_timer.c).
    """
    if not balancer.haproxy.safeguards:
        return NEVER
    patience = PATIENCE * balancer.timings.connect_timeout / 1000
    return patience, patience + RTO_MIN


def server_refuses(balancer: LoadBalancer) -> Range:
    """Return the time until HAProxy's checks take out an API server whose machine refuses
    connections."""
    return _checks(balancer.timings, 0)


def server_stuck(balancer: LoadBalancer) -> Range:
    """Return the time until HAProxy's checks take out an API server that accepts connections and
    never answers.

    A check of TCP alone never detects this.
    """
    if balancer.haproxy.check == "tcp":
        return NEVER
    return _checks(balancer.timings, balancer.timings.check_timeout)


def three_lost(balancer: LoadBalancer) -> Range:
    """Return the mean time until three consecutive adverts are lost when 20 in 100 are."""
    adverts = (1 - 0.2**3) / (0.8 * 0.2**3)
    return adverts * _advert(balancer), adverts * _advert(balancer)


def etcd_leader(balancer: LoadBalancer) -> Range:
    """Return the time from the leader's silence until there is another leader."""
    election = ELECTION * balancer.timings.slowdown
    return election, 2 * election


def etcd_steps_down(balancer: LoadBalancer) -> Range:
    """Return the time from the leader's last received answer until there is another leader."""
    election = ELECTION * balancer.timings.slowdown
    return 2 * election, 4 * election


def _advert(balancer: LoadBalancer) -> float:
    return balancer.timings.advert_interval / 1000


def not_ready(_: LoadBalancer) -> Range:
    """Return the time from a kubelet's silence until its node is NotReady."""
    return GRACE - LEASE, GRACE + MONITOR


def _checks(timings: Timings, each: int) -> Range:
    """Return the time until fall checks have failed, each after that many milliseconds."""
    again = (timings.fall - 1) * (timings.fast_interval + each)
    return (each + again) / 1000, (timings.check_interval + each + again) / 1000
