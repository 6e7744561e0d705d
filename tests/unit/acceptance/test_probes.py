"""Probes start on time, whatever the answers are, and failures are distinguished."""

import asyncio
import ssl
import time
from itertools import pairwise

import pytest

from acceptance.framework.experiment.probes import http1, new_connection
from acceptance.framework.experiment.probes.failures import ProbeFailed, kind
from acceptance.framework.experiment.probes.new_connection import Endpoint
from acceptance.framework.experiment.probes.open_loop import Probe, ticking
from labgen.recordings.recording import Sample
from tests.unit.acceptance.conftest import LOOPBACK, Server, unused_port


async def probe_for(
    seconds: float, probe: Probe, *, hz: float = 20, timeout: float = 2
) -> list[Sample]:
    samples: list[Sample] = []
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, stop.set)
    await ticking(probe, samples.append, stop, hz=hz, timeout=timeout)
    return samples


def kinds(samples: list[Sample]) -> set[str | None]:
    return {sample.failure for sample in samples}


def https(server: Server, context: ssl.SSLContext | None = None) -> Probe:
    return new_connection.https(
        Endpoint(LOOPBACK, server.port, context or server.trusting), "/readyz"
    )


async def test_good_answers_are_no_failures(server: Server) -> None:
    samples = await probe_for(0.3, https(server))
    assert len(samples) >= 2
    assert kinds(samples) == {None}


async def test_slow_answers_do_not_delay_the_next_probe(server: Server) -> None:
    server.delay = 0.5
    samples = await probe_for(1.0, https(server), hz=20)
    starts = sorted(sample.started for sample in samples)
    assert len(samples) >= 15, "one probe after the other would have been two"
    assert min(sample.ended - sample.started for sample in samples) >= 0.5
    assert max(later - earlier for earlier, later in pairwise(starts)) < 0.5


async def test_loop_that_was_held_up_does_not_move_the_ticks_after_it() -> None:
    async def probe() -> None:
        if not acquired:
            acquired.append(True)
            time.sleep(0.3)

    acquired: list[bool] = []
    samples = await probe_for(0.95, probe, hz=20)
    assert len(samples) >= 18, "one tick after the other would have lost six"


async def test_every_probe_that_began_is_in_the_result(server: Server) -> None:
    server.delay = 0.7
    samples = await probe_for(0.5, https(server))
    assert len(samples) >= 2
    assert kinds(samples) == {None}


async def test_answer_that_comes_too_late_is_a_timeout(server: Server) -> None:
    server.delay = 1.0
    samples = await probe_for(0.2, https(server), timeout=0.2)
    assert kinds(samples) == {"timeout"}
    assert max(sample.ended - sample.started for sample in samples) < 0.9


async def test_other_status_than_200_is_a_failure(server: Server) -> None:
    server.status = 500
    assert kinds(await probe_for(0.2, https(server))) == {"status 500"}


async def test_body_that_ends_early_is_a_failure(server: Server) -> None:
    server.cut_short = True
    assert kinds(await probe_for(0.2, https(server))) <= {"cut short", "reset"}


async def test_server_of_another_authority_is_a_failure(server: Server) -> None:
    stranger = ssl.create_default_context()
    assert kinds(await probe_for(0.2, https(server, stranger))) == {"certificate"}


async def test_closed_port_is_refused() -> None:
    endpoint = Endpoint(LOOPBACK, unused_port(), ssl.create_default_context())
    assert kinds(await probe_for(0.2, new_connection.https(endpoint, "/readyz"))) == {"refused"}


async def test_probe_that_breaks_is_an_error_and_no_result() -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ExceptionGroup):
        await probe_for(0.2, broken)


class Written:
    """The writing side of a connection."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data


async def answered(data: bytes, body: bytes = b"") -> tuple[bytes, http1.Answer]:
    """Return what was sent, and the answer parsed from that data."""
    reader, writer = asyncio.StreamReader(), Written()
    reader.feed_data(data)
    reader.feed_eof()
    wanted = http1.request("api:6443", "PATCH" if body else "GET", "/path", body)
    answer = await http1.exchange(reader, writer, wanted, body)  # type: ignore[arg-type]
    return writer.data, answer


async def test_answer_in_chunks_is_read_to_its_end() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    sent, answer = await answered(head + b"3\r\nabc\r\n2;note\r\nde\r\n0\r\n\r\n")
    assert answer == http1.Answer(200, b"abcde")
    assert sent == b"GET /path HTTP/1.1\r\nHost: api:6443\r\nConnection: close\r\n\r\n"


async def test_answer_without_a_length_ends_with_the_connection() -> None:
    _, answer = await answered(b"HTTP/1.1 404 Not Found\r\n\r\ngone")
    assert answer == http1.Answer(404, b"gone")


async def test_body_is_sent_with_its_length() -> None:
    sent, answer = await answered(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"{}")
    assert answer == http1.Answer(200, b"ok")
    assert sent.endswith(b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")


@pytest.mark.parametrize(
    ("data", "failure"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", "cut short"),
        (b"", "cut short"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "protocol"),
    ],
)
async def test_answer_that_is_none_is_a_failure_of_its_kind(data: bytes, failure: str) -> None:
    with pytest.raises((EOFError, ProbeFailed)) as raised:
        await answered(data)
    assert kind(raised.value) == failure
