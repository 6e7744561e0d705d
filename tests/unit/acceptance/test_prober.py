"""The prober asks in time and tells failures apart."""

import socket
import ssl
import time
from itertools import pairwise

import pytest

from acceptance.support import prober
from acceptance.support.prober import Sample
from tests.unit.acceptance.conftest import LOOPBACK, Server


def probe_for(
    seconds: float, probe: prober.Probe, *, hz: float = 20, timeout: float = 2
) -> list[Sample]:
    with prober.probing(probe, hz=hz, timeout=timeout) as samples:
        time.sleep(seconds)
    return samples


def kinds(samples: list[Sample]) -> set[str | None]:
    return {sample.failure for sample in samples}


def https(server: Server, context: ssl.SSLContext | None = None) -> prober.Probe:
    return prober.https(LOOPBACK, server.port, "/readyz", context or server.trusting)


def unused_port() -> int:
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        port: int = found.getsockname()[1]
    return port


def test_good_answers_are_no_failures(server: Server) -> None:
    samples = probe_for(0.3, https(server))
    assert len(samples) >= 2
    assert kinds(samples) == {None}


def test_slow_answers_do_not_delay_the_next_probe(server: Server) -> None:
    server.delay = 0.5
    samples = probe_for(1.0, https(server), hz=20)
    starts = sorted(sample.started for sample in samples)
    assert len(samples) >= 15, "one probe after the other would have been two"
    assert min(sample.ended - sample.started for sample in samples) >= 0.5
    assert max(later - earlier for earlier, later in pairwise(starts)) < 0.5


def test_every_probe_that_began_is_in_the_result(server: Server) -> None:
    server.delay = 0.3
    with prober.probing(https(server), hz=20, timeout=2) as samples:
        time.sleep(0.1)
        assert samples == []
    assert len(samples) >= 2


def test_answer_that_comes_too_late_is_a_timeout(server: Server) -> None:
    server.delay = 1.0
    samples = probe_for(0.2, https(server), timeout=0.2)
    assert kinds(samples) == {"timeout"}
    assert max(sample.ended - sample.started for sample in samples) < 0.9


def test_other_status_than_200_is_a_failure(server: Server) -> None:
    server.status = 500
    assert kinds(probe_for(0.2, https(server))) == {"status 500"}


def test_body_that_ends_early_is_a_failure(server: Server) -> None:
    server.cut_short = True
    assert kinds(probe_for(0.2, https(server))) <= {"cut short", "reset"}


def test_server_of_another_authority_is_a_failure(server: Server) -> None:
    stranger = ssl.create_default_context()
    assert kinds(probe_for(0.2, https(server, stranger))) == {"certificate"}


def test_closed_port_is_refused() -> None:
    probe = prober.https(LOOPBACK, unused_port(), "/readyz", ssl.create_default_context())
    assert kinds(probe_for(0.2, probe)) == {"refused"}


def test_machine_that_refuses_a_connection_has_power() -> None:
    assert kinds(probe_for(0.2, prober.tcp(LOOPBACK, unused_port()))) == {None}


def test_prober_that_breaks_is_an_error_and_no_result() -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ExceptionGroup), prober.probing(broken, hz=20, timeout=1):
        time.sleep(0.1)
