"""What the timings of a scenario promise: the formulas of docs/explanation/ha.md, in seconds.

Each function returns the least and the most; the formula in words stands beside it, by the names
of the scenario's timings. What Kubernetes and etcd promise by their defaults is here too.
"""

from labgen.render.files import HIGHEST_PRIORITY, PATIENCE, PRIORITY_STEP
from labgen.scenario.model import Timings

Range = tuple[float, float]
# Linux retransmits for the first time after 200 ms (TCP_RTO_MIN, net/tcp.h), then doubles.
RTO_MIN = 0.2
SCRIPT_TIMEOUT = 1.0  # of keepalived's check of HAProxy, x slowdown: keepalived.conf.j2
ELECTION = 1.0  # etcd's --election-timeout; labgen has it so many times as long as slowdown says
GRACE = 50.0  # --node-monitor-grace-period, pkg/controller/nodelifecycle of Kubernetes
LEASE = 10.0  # a kubelet renews its lease so often, a quarter of nodeLeaseDurationSeconds
MONITOR = 5.0  # --node-monitor-period

SKEW = "skew"
MEANING_OF_SKEW = "skew = (256 - 190) / 256 x advertInterval, 190 being the next master's priority"
VIP_AWAY = "2 to 3 x advertInterval + skew"
LONGEST_GAP = "3 x advertInterval + skew + connectTimeout, and one answer"
HAPROXY_NOTICED = "scriptFall x scriptInterval + at most 1 s for the script + skew"
SESSIONS_END = "4 x connectTimeout without an acknowledgement, and until TCP sends again"
SERVER_OUT = "checkInterval + connectTimeout + (fall - 1) x (fastInterval + connectTimeout)"
SERVER_REFUSES = "checkInterval + (fall - 1) x fastInterval"
SERVER_STUCK = "checkInterval + checkTimeout + (fall - 1) x (fastInterval + checkTimeout)"
ETCD_LEADER = "1 to 2 x etcd's election timeout of 1 s, drawn by each member; more if votes split"
ETCD_STEPS_DOWN = "up to 2 x etcd's election timeout until it steps down, then 1 to 2 x"
NOT_READY = "50 s after the last lease, which is renewed every 10 s; looked at every 5 s"


def skew(timings: Timings) -> float:
    """How long the second master waits in addition (RFC 5798, section 6.1)."""
    return (256 - (HIGHEST_PRIORITY - PRIORITY_STEP)) / 256 * timings.advert_interval / 1000


def one_advert(timings: Timings) -> Range:
    """Until the next advert."""
    return 0.0, timings.advert_interval / 1000


def handed_over(timings: Timings) -> Range:
    """From an advert of priority 0 until the next master has the VIP."""
    return skew(timings), skew(timings)


def vip_away(timings: Timings) -> Range:
    """From the holder's silence until the next master has the VIP."""
    advert = timings.advert_interval / 1000
    return 2 * advert + skew(timings), 3 * advert + skew(timings)


def longest_gap(timings: Timings) -> Range:
    """Of new connections, when the holder falls silent with an API server."""
    least, most = vip_away(timings)
    return least, most + timings.connect_timeout / 1000


def haproxy_noticed(timings: Timings) -> Range:
    """From the death of the holder's HAProxy until the next master has the VIP."""
    interval = timings.script_interval / 1000
    least = (timings.script_fall - 1) * interval + skew(timings)
    patience = SCRIPT_TIMEOUT * timings.slowdown
    return least, timings.script_fall * interval + patience + skew(timings)


def server_out(timings: Timings) -> Range:
    """Until HAProxy's own checks take out an API server whose machine is silent."""
    return _checks(timings, timings.connect_timeout)


def sessions_end(timings: Timings) -> Range:
    """Until HAProxy ends the sessions with an API server whose machine is silent: tcp-ut, which
    the kernel looks at when it sends again (tcp_retransmits_timed_out, net/ipv4/tcp_timer.c)."""
    patience = PATIENCE * timings.connect_timeout / 1000
    return patience, patience + RTO_MIN


def server_refuses(timings: Timings) -> Range:
    """The same where the machine is there and refuses connections."""
    return _checks(timings, 0)


def server_stuck(timings: Timings) -> Range:
    """The same where the API server takes connections and does not answer."""
    return _checks(timings, timings.check_timeout)


def three_lost(timings: Timings) -> Range:
    """The mean time until three adverts in a row are lost, when 20 in 100 are."""
    adverts = (1 - 0.2**3) / (0.8 * 0.2**3)
    return adverts * timings.advert_interval / 1000, adverts * timings.advert_interval / 1000


def etcd_leader(timings: Timings) -> Range:
    """From the leader's silence until there is another."""
    election = ELECTION * timings.slowdown
    return election, 2 * election


def etcd_steps_down(timings: Timings) -> Range:
    """From the moment at which the leader hears no answers until there is another."""
    election = ELECTION * timings.slowdown
    return 2 * election, 4 * election


def not_ready(_: Timings) -> Range:
    """From a kubelet's silence until its node is NotReady."""
    return GRACE - LEASE, GRACE + MONITOR


def _checks(timings: Timings, each: int) -> Range:
    """Until fall checks have failed, each after so many milliseconds."""
    again = (timings.fall - 1) * (timings.fast_interval + each)
    return (each + again) / 1000, (timings.check_interval + each + again) / 1000
