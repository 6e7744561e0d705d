"""How long a client may have to wait: the formulas of docs/explanation/budgets.md, in seconds.

An aim is what the timings add up to; a limit is what the gate accepts, with room for a host whose
cores are shared by the whole lab.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from labgen.faults import forecast
from labgen.scenario.model import Timings

ANSWER = 0.05  # a TLS handshake and an answer on cores that are shared
DIAL = 0.1  # a new HTTP/2 connection by a client, and its first answer
# A client that waits in the middle of a handshake when the VIP leaves a machine that lives is told
# by nobody: it has nothing to send, and the machine may not answer from an address it has no more.
# client-go gives up then (Go, http.DefaultTransport.TLSHandshakeTimeout).
HANDSHAKE = 10.0
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


def holder_silent(timings: Timings) -> Gaps:
    """The holder says nothing any more: its power was cut."""
    fresh = forecast.longest_gap(timings)[1]
    kept = retransmission(forecast.vip_away(timings)[1]) + _connect(timings) + DIAL
    return _gaps(timings, fresh, kept)


def server_silent(timings: Timings) -> Gaps:
    """The machine of another API server says nothing any more. The VIP stays, and HAProxy tells
    clients that are in the middle of a handshake, too."""
    kept = forecast.sessions_end(timings)[1] + DIAL
    return _gaps(timings, _connect(timings) + ANSWER, kept, hanging=0.0)


def server_refuses(timings: Timings) -> Gaps:
    """An API server dies on a machine that lives on: nobody waits for anything."""
    return _gaps(timings, 2 * ANSWER, DIAL + ANSWER)


def haproxy_dies(timings: Timings) -> Gaps:
    """HAProxy dies on the holder: its script has to notice."""
    noticed = forecast.haproxy_noticed(timings)[1]
    return _gaps(timings, noticed + ANSWER, noticed + DIAL)


def keepalived_dies(timings: Timings) -> Gaps:
    """keepalived dies on the holder, and systemd takes the VIP off at once."""
    away = forecast.vip_away(timings)[1]
    return _gaps(timings, away + ANSWER, retransmission(away) + DIAL)


def holder_goes(timings: Timings) -> Gaps:
    """The holder shuts down in order: it gives the VIP away before it ends."""
    handed = forecast.handed_over(timings)[1]
    return _gaps(timings, handed + _connect(timings) + ANSWER, retransmission(handed) + DIAL)


def writes(gaps: Gaps, *, election: float) -> Budget:
    """Between two acknowledged writes, which use fresh connections; election says for how many
    seconds etcd may be without a leader."""
    fresh = gaps["fresh"]
    return Budget(fresh.aim + election + WRITE + ANSWER, fresh.limit + election)


def watch(gaps: Gaps, write: Budget) -> Budget:
    """Between two events of a watch on a kept connection: there are none without writes."""
    kept = gaps["kept"]
    more = WRITE + ANSWER
    return Budget(max(kept.aim, write.aim) + more, max(kept.limit, write.limit) + more)


def pods(timings: Timings) -> Budget:
    """Between two answers of a Service to a pod."""
    return Budget(POD_ANSWER, timings.budget / 1000)


def last_failure(timings: Timings) -> float:
    """The latest that a probe may begin to fail after the holder's power cut: as an aim, the gap
    and a tenth of a second."""
    return forecast.longest_gap(timings)[1] + 0.1


def _gaps(timings: Timings, fresh: float, kept: float, *, hanging: float = HANDSHAKE) -> Gaps:
    """hanging is how long a kept connection may hang that is made while the VIP moves."""
    limit = timings.budget / 1000
    return {
        "fresh": Budget(fresh, max(limit, fresh)),
        "kept": Budget(kept, max(limit, kept) + hanging),
    }


def _connect(timings: Timings) -> float:
    return timings.connect_timeout / 1000
