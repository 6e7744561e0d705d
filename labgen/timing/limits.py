"""How long a client may have to wait: the formulas of docs/explanation/limits.md, in seconds.

An aim is what the timings add up to; a limit is what the gate accepts, with room for a host whose
cores are shared by the whole lab.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from labgen.scenario.model import LoadBalancer
from labgen.timing import forecast

ANSWER = 0.05  # a TLS handshake and an answer on cores that are shared
DIAL = 0.1  # a new HTTP/2 connection by a client, and its first answer
# A client that waits in the middle of a handshake when the VIP leaves a machine that lives is told
# by nobody: it has nothing to send, and the machine may not answer from an address it has no more.
# client-go gives up then (Go, http.DefaultTransport.TLSHandshakeTimeout).
HANDSHAKE = 10.0
# client-go: silent for 30 s, then 15 s without an answer (apimachinery, pkg/util/net/http.go).
CLIENTS_PING = 45.0
# By what was seen on machine-containers: the kubelet notices within a second and starts it at once
# when it dies for the first time; after a boot, etcd has to come first.
API_SERVER_STARTS = 8.0
API_SERVER_BOOTS = 10.0
WRITE = 0.1  # between two writes of the suite's counter: an event comes no sooner
# Between two answers that a pod gets from a Service, asked ten times a second: its way goes by
# kube-proxy's rules and leads over no master.
POD_ANSWER = 0.2


@dataclass(frozen=True)
class Budget:
    aim: float
    limit: float


Gaps = Mapping[str, Budget]


def retransmission(after: float) -> float:
    """When TCP sends for the first time after that long without an answer.

    A kept connection notices by it that the VIP has moved: the new holder knows no such connection
    and resets it.
    """
    at = step = forecast.RTO_MIN
    while at < after:
        step *= 2
        at += step
    return at


def holder_silent(balancer: LoadBalancer) -> Gaps:
    """The holder says nothing any more: its power was cut."""
    fresh = forecast.longest_gap(balancer)[1]
    kept = retransmission(forecast.vip_away(balancer)[1]) + _led_astray(balancer) + DIAL
    return _gaps(balancer, fresh, kept)


def server_silent(balancer: LoadBalancer) -> Gaps:
    """The machine of another API server says nothing any more. The VIP stays, and HAProxy tells
    clients that are in the middle of a handshake, too. Past HAProxy nobody was connected to it.

    HAProxy without its safeguards tells nobody: a client learns by its own ping.
    """
    if balancer.direct:
        return server_refuses(balancer)
    kept = min(forecast.sessions_end(balancer)[1], CLIENTS_PING) + DIAL
    return _gaps(balancer, _connect(balancer) + ANSWER, kept, hanging=0.0)


def server_refuses(balancer: LoadBalancer) -> Gaps:
    """An API server dies on a machine that lives on: nobody waits for anything."""
    return _gaps(balancer, 2 * ANSWER, DIAL + ANSWER)


def server_killed(balancer: LoadBalancer) -> Gaps:
    """The holder's own API server dies. Past HAProxy there is no other: the API is away until the
    kubelet has started it again."""
    if not balancer.direct:
        return server_refuses(balancer)
    return _gaps(balancer, API_SERVER_STARTS, API_SERVER_STARTS + DIAL)


def haproxy_dies(balancer: LoadBalancer) -> Gaps:
    """HAProxy dies on the holder: its script has to notice. Past HAProxy nobody else does.

    Without a script nothing is promised: the aim is what the gate accepts at most.
    """
    if balancer.direct:
        return server_refuses(balancer)
    noticed = min(forecast.haproxy_noticed(balancer)[1], balancer.timings.budget / 1000 - DIAL)
    return _gaps(balancer, noticed + ANSWER, noticed + DIAL)


def keepalived_dies(balancer: LoadBalancer) -> Gaps:
    """keepalived dies on the holder, and systemd takes the VIP off at once. Without that the
    machine goes on to answer beside the next holder."""
    if not balancer.keepalived.safeguards:
        return _gaps(balancer, 2 * ANSWER, retransmission(0.0) + DIAL + ANSWER)
    away = forecast.vip_away(balancer)[1]
    return _gaps(balancer, away + ANSWER, retransmission(away) + DIAL)


def holder_goes(balancer: LoadBalancer) -> Gaps:
    """The holder shuts down in order: it gives the VIP away before it ends.

    When it is back it takes the VIP as soon as its keepalived runs. Past HAProxy, its own API
    server has to start first.
    """
    handed = forecast.handed_over(balancer)[1]
    if balancer.direct:
        start = API_SERVER_BOOTS
        return _gaps(balancer, handed + start, retransmission(handed + start) + DIAL)
    return _gaps(balancer, handed + _connect(balancer) + ANSWER, retransmission(handed) + DIAL)


def writes(gaps: Gaps, *, election: float) -> Budget:
    """Between two acknowledged writes, which use fresh connections; election says for how many
    seconds etcd may be without a leader."""
    fresh = gaps["fresh"]
    aim = fresh.aim + election + WRITE + ANSWER
    return Budget(aim, max(aim, fresh.limit + election))


def watch(gaps: Gaps, write: Budget) -> Budget:
    """Between two events of a watch on a kept connection: there are none without writes."""
    kept = gaps["kept"]
    more = WRITE + ANSWER
    return Budget(max(kept.aim, write.aim) + more, max(kept.limit, write.limit) + more)


def pods(balancer: LoadBalancer) -> Budget:
    """Between two answers of a Service to a pod."""
    return Budget(POD_ANSWER, balancer.timings.budget / 1000)


def last_failure(balancer: LoadBalancer) -> float:
    """The latest that a probe may begin to fail after the holder's power cut: as an aim, the gap
    and a tenth of a second.

    Where HAProxy tries no other server at once, connections fail until its checks took it out.
    """
    if balancer.direct or balancer.haproxy.safeguards:
        return forecast.longest_gap(balancer)[1] + 0.1
    return forecast.vip_away(balancer)[1] + forecast.server_out(balancer)[1] + 0.1


def _gaps(balancer: LoadBalancer, fresh: float, kept: float, *, hanging: float = HANDSHAKE) -> Gaps:
    """hanging is how long a kept connection may hang that is made while the VIP moves."""
    limit = balancer.timings.budget / 1000
    return {
        "fresh": Budget(fresh, max(limit, fresh)),
        "kept": Budget(kept, max(limit, kept) + hanging),
    }


def _led_astray(balancer: LoadBalancer) -> float:
    """How long HAProxy leads a new connection to an API server that is silent, at most."""
    if balancer.direct:
        return 0.0
    if balancer.haproxy.safeguards:
        return _connect(balancer)
    return forecast.server_out(balancer)[1]


def _connect(balancer: LoadBalancer) -> float:
    return balancer.timings.connect_timeout / 1000
