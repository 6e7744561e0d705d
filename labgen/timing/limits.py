"""How long a client may have to wait: the formulas of docs/explanation/limits.md, in seconds.

The expected time is the sum of the timings. The limit is what the acceptance suite accepts. It is
longer, because all machines of a lab share the host's cores.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from labgen.recordings.metrics import NEW_CONNECTION, PERSISTENT_CONNECTION
from labgen.scenario.model import LoadBalancer
from labgen.timing import forecast

ANSWER = 0.05  # a TLS handshake and an answer on cores that are shared
DIAL = 0.1  # a new HTTP/2 connection by a client, and its first answer
# A SYN without an answer is sent again after 1 s, then after twice as long each time: RFC 6298,
# sections 2.1 and 5.5; Linux: TCP_TIMEOUT_INIT in net/tcp.h. Linux 6.5 and newer do not double the
# first four times (net.ipv4.tcp_syn_linear_timeouts): they are never later than this.
SYN_RTO = 1.0
# A client in the middle of a handshake gets no notice when the VIP leaves a running machine: it has
# nothing to send, and the machine may not answer from an address that it no longer has. client-go
# then gives up after this time (Go, http.DefaultTransport.TLSHandshakeTimeout).
HANDSHAKE = 10.0
# client-go: silent for 30 s, then 15 s without an answer (apimachinery, pkg/util/net/http.go).
CLIENTS_PING = 45.0
# As seen on system containers: the kubelet notices within a second that the API server died and
# starts it immediately the first time; after a boot, etcd has to come first.
API_SERVER_STARTS = 8.0
API_SERVER_BOOTS = 10.0
WRITE = 0.1  # between two writes of the suite's counter: an event comes no sooner
# Between two answers that a pod gets from a Service, queried ten times a second: its packets follow
# kube-proxy's rules and pass no control plane.
POD_ANSWER = 0.2


@dataclass(frozen=True)
class Allowed:
    """How long something may take, in seconds."""

    expected: float
    limit: float


Gaps = Mapping[str, Allowed]  # by kind of client


def retransmission(after: float, first: float = forecast.RTO_MIN) -> float:
    """Return the time of TCP's first retransmission at or after that time without an answer.

    TCP sends again after `first` seconds and then waits twice as long each time. This is how a
    client with a persistent connection detects that the VIP has moved: the new holder does not know
    the connection and resets it.
    """
    at = step = first
    while at < after:
        step *= 2
        at += step
    return at


def slowest_answer(balancer: LoadBalancer, gap: Allowed) -> Allowed:
    """Return how long the answer to a new connection may take when the API is away for a gap.

    The SYN of a connection that begins in the gap is lost. The kernel sends it again after 1 s, 3
    s, 7 s ... (SYN_RTO, doubled each time). The connection is made by the first of these that comes
    after the gap, although connections that begin later are answered sooner. HAProxy may then try
    the dead API server first.
    """
    more = _led_astray(balancer) + ANSWER
    expected = retransmission(gap.expected, SYN_RTO) + more
    return Allowed(expected, max(expected, retransmission(gap.limit, SYN_RTO) + more))


def holder_silent(balancer: LoadBalancer) -> Gaps:
    """Return the gaps when the holder falls silent because its power was cut."""
    new = forecast.longest_gap(balancer)[1]
    persistent = retransmission(forecast.vip_away(balancer)[1]) + _led_astray(balancer) + DIAL
    return _gaps(balancer, new, persistent)


def server_silent(balancer: LoadBalancer) -> Gaps:
    """Return the gaps when the machine of another API server falls silent.

    The VIP stays, and HAProxy also ends the connections of clients that are in the middle of a
    handshake. Without HAProxy in the path, no client was connected to that machine. HAProxy without
    its safeguards ends no connection: a client detects the failure by its own ping.
    """
    if balancer.direct:
        return server_refuses(balancer)
    persistent = min(forecast.sessions_end(balancer)[1], CLIENTS_PING) + DIAL
    return _gaps(balancer, _connect(balancer) + ANSWER, persistent, hanging=0.0)


def server_refuses(balancer: LoadBalancer) -> Gaps:
    """Return the gaps when an API server dies but its machine still runs and refuses
    connections."""
    return _gaps(balancer, 2 * ANSWER, DIAL + ANSWER)


def server_killed(balancer: LoadBalancer) -> Gaps:
    """Return the gaps when the holder's own API server dies.

    Without HAProxy in the path there is no other API server, so the API is away until the kubelet
    has restarted it.
    """
    if not balancer.direct:
        return server_refuses(balancer)
    return _gaps(balancer, API_SERVER_STARTS, API_SERVER_STARTS + DIAL)


def haproxy_dies(balancer: LoadBalancer) -> Gaps:
    """Return the gaps when HAProxy dies on the holder, which keepalived's script has to detect.

    Without HAProxy in the path, no client notices. Without a script there is no guarantee: the
    expected gap is the most that the acceptance suite accepts.
    """
    if balancer.direct:
        return server_refuses(balancer)
    noticed = min(forecast.haproxy_noticed(balancer)[1], balancer.timings.gap_limit / 1000 - DIAL)
    return _gaps(balancer, noticed + ANSWER, noticed + DIAL)


def keepalived_dies(balancer: LoadBalancer) -> Gaps:
    """Return the gaps when keepalived dies on the holder and systemd removes the VIP immediately.

    Without that safeguard the old holder continues to answer, next to the new one.
    """
    if not balancer.keepalived.safeguards:
        return _gaps(balancer, 2 * ANSWER, retransmission(0.0) + DIAL + ANSWER)
    away = forecast.vip_away(balancer)[1]
    return _gaps(balancer, away + ANSWER, retransmission(away) + DIAL)


def holder_goes(balancer: LoadBalancer) -> Gaps:
    """Return the gaps when the holder shuts down cleanly: it hands the VIP over first.

    After its boot it takes the VIP back as soon as its keepalived runs. Without HAProxy in the
    path, its own API server has to start first.
    """
    handed = forecast.handed_over(balancer)[1]
    if balancer.direct:
        start = API_SERVER_BOOTS
        return _gaps(balancer, handed + start, retransmission(handed + start) + DIAL)
    return _gaps(balancer, handed + _connect(balancer) + ANSWER, retransmission(handed) + DIAL)


def writes(gaps: Gaps, *, election: float) -> Allowed:
    """Return the gap between two acknowledged writes, which use new connections.

    election is the time in seconds that etcd may be without a leader.
    """
    new = gaps[NEW_CONNECTION]
    expected = new.expected + election + WRITE + ANSWER
    return Allowed(expected, max(expected, new.limit + election))


def watch(gaps: Gaps, write: Allowed) -> Allowed:
    """Return the gap between two events of a watch on a persistent connection.

    There are no events without writes.
    """
    connection = gaps[PERSISTENT_CONNECTION]
    more = WRITE + ANSWER
    return Allowed(
        max(connection.expected, write.expected) + more,
        max(connection.limit, write.limit) + more,
    )


def pods(balancer: LoadBalancer) -> Allowed:
    """Return the gap between two answers of a Service to a pod."""
    return Allowed(POD_ANSWER, balancer.timings.gap_limit / 1000)


def last_failure(balancer: LoadBalancer) -> float:
    """Return the latest time after the holder's power cut at which a failing request may begin.

    The expected time is the gap and a tenth of a second. If HAProxy does not try another server
    immediately, connections fail until its checks have taken the dead one out.
    """
    if balancer.direct or balancer.haproxy.safeguards:
        return forecast.longest_gap(balancer)[1] + 0.1
    return forecast.vip_away(balancer)[1] + forecast.server_out(balancer)[1] + 0.1


def _gaps(
    balancer: LoadBalancer, new: float, persistent: float, *, hanging: float = HANDSHAKE
) -> Gaps:
    """Return the gaps of both kinds of connections.

    hanging is how many seconds a persistent connection may hang if it is opened while the VIP
    moves.
    """
    limit = balancer.timings.gap_limit / 1000
    return {
        NEW_CONNECTION: Allowed(new, max(limit, new)),
        PERSISTENT_CONNECTION: Allowed(persistent, max(limit, persistent) + hanging),
    }


def _led_astray(balancer: LoadBalancer) -> float:
    """Return how long HAProxy may keep a new connection waiting for a silent API server."""
    if balancer.direct:
        return 0.0
    if balancer.haproxy.safeguards:
        return _connect(balancer)
    return forecast.server_out(balancer)[1]


def _connect(balancer: LoadBalancer) -> float:
    return balancer.timings.connect_timeout / 1000
