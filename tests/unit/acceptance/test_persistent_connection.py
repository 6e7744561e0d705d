"""One persistent HTTP/2 connection: many requests on it, and everything that can end it."""

import asyncio
import random
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from acceptance.framework.experiment.probes import contexts, persistent_connection
from acceptance.framework.experiment.probes.failures import FAILURES, ProbeFailed, kind
from acceptance.framework.experiment.probes.http2 import open_connection
from acceptance.framework.experiment.probes.new_connection import Endpoint
from acceptance.framework.experiment.probes.persistent_connection import Client
from tests.unit.acceptance.conftest import LOOPBACK, unused_port
from tests.unit.acceptance.http2_server import Http2Server, serving

SOON = 2.0  # seconds
DATA_ON_STREAM_0 = bytes([0, 0, 1, 0, 0, 0, 0, 0, 0, 0])  # forbidden: RFC 9113, section 6.1


def endpoint(port: int, certificate: Path) -> Endpoint:
    context = contexts.http2(ssl.create_default_context(cafile=str(certificate)))
    return Endpoint(LOOPBACK, port, context)


@asynccontextmanager
async def connected(
    certificate: Path, *, alpn: str = "h2", read_idle: float = 30, ping: float = 15
) -> AsyncIterator[tuple[Http2Server, Client]]:
    async with serving(certificate, alpn=alpn) as server:
        place = endpoint(server.port, certificate)
        client = Client(partial(open_connection, place, read_idle=read_idle, ping=ping))
        yield server, client
        client.close()


async def failure(client: Client) -> str:
    """Return how a request fails."""
    with pytest.raises(FAILURES) as caught:
        await asyncio.wait_for(client.request("GET", "/readyz"), SOON)
    return kind(caught.value)


async def test_requests_side_by_side_share_one_connection(certificate: Path) -> None:
    async with connected(certificate) as (server, client):
        probe = persistent_connection.probe(client, "/readyz")
        await asyncio.gather(*(probe() for _ in range(20)))
        await probe()
    assert (len(server.connections), len(server.paths)) == (1, 21)


async def test_it_begins_at_a_port_of_its_own_that_nobody_has(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        own = unused_port()
        ports = [own, taken.getsockname()[1]]
        monkeypatch.setattr(random, "choice", lambda _: ports.pop())
        async with connected(certificate) as (server, client):
            await persistent_connection.probe(client, "/readyz")()
            assert server.peer.transport.get_extra_info("peername")[1] == own


async def test_body_is_sent_and_answered(certificate: Path) -> None:
    async with connected(certificate) as (_, client):
        answer = await client.request("POST", "/status", body=b"{}", fields=(("x", "y"),))
    assert (answer.status, answer.body) == (200, b"ok")


async def test_other_status_than_200_is_a_failed_probe(certificate: Path) -> None:
    async with connected(certificate) as (server, client):
        server.status = 500
        with pytest.raises(ProbeFailed, match="status 500"):
            await persistent_connection.probe(client, "/readyz")()


async def test_first_connection_leads_to_the_api_server_that_was_asked_for(
    certificate: Path,
) -> None:
    async with serving(certificate) as server:
        dial = partial(open_connection, endpoint(server.port, certificate))
        client = Client(persistent_connection.beginning_at(LOOPBACK, dial))
        await persistent_connection.probe(client, "/readyz")()
        client.close()
    assert len(server.connections) == 1


async def test_connection_that_never_leads_there_is_a_failure(certificate: Path) -> None:
    async with serving(certificate) as server:
        dial = partial(open_connection, endpoint(server.port, certificate))
        client = Client(persistent_connection.beginning_at("192.0.2.1", dial))
        assert await failure(client) == "no connection reaches 192.0.2.1"
    assert len(server.connections) == persistent_connection.ATTEMPTS


@pytest.mark.parametrize(
    ("end", "seen"),
    [
        (lambda server: server.peer.transport.abort(), {"reset", "closed"}),
        (lambda server: server.peer.transport.close(), {"closed"}),
        (lambda server: server.peer.say_goodbye(), {"goaway"}),
        (lambda server: server.peer.reset_stream(), {"stream reset"}),
        (lambda server: server.peer.transport.write(DATA_ON_STREAM_0), {"protocol"}),
    ],
    ids=["reset", "closed", "goaway", "stream-reset", "nonsense"],
)
async def test_what_ends_the_connection_fails_all_its_requests_at_once(
    certificate: Path, end: Callable[[Http2Server], None], seen: set[str]
) -> None:
    async with connected(certificate) as (server, client):
        server.silent = True
        asked = asyncio.create_task(failure(client))
        await asyncio.wait_for(server.requested.wait(), SOON)
        end(server)
        assert await asked in seen


async def test_next_request_after_the_end_dials_anew(certificate: Path) -> None:
    async with connected(certificate) as (server, client):
        await client.request("GET", "/readyz")
        server.peer.transport.abort()
        await asyncio.sleep(0.05)
        await client.request("GET", "/readyz")
    assert len(server.connections) == 2


async def test_failed_dialling_fails_the_request_and_is_tried_again(certificate: Path) -> None:
    port = unused_port()
    client = Client(partial(open_connection, endpoint(port, certificate)))
    assert await failure(client) == "refused"
    assert await failure(client) == "refused"


async def test_server_without_http2_is_told_apart(certificate: Path) -> None:
    async with connected(certificate, alpn="http/1.1") as (_, client):
        assert await failure(client) == "no HTTP/2"


async def test_giving_up_on_a_request_takes_back_that_one_only(certificate: Path) -> None:
    async with connected(certificate) as (server, client):
        server.silent = True
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.request("GET", "/slow"), 0.1)
        server.silent = False
        assert (await client.request("GET", "/readyz")).body == b"ok"
        assert (len(server.connections), server.taken_back) == (1, 1)


async def test_giving_up_on_a_request_leaves_the_dialling_alone(certificate: Path) -> None:
    async with serving(certificate) as server:
        gate, dialled = asyncio.Event(), 0

        async def dial() -> object:
            nonlocal dialled
            dialled += 1
            await gate.wait()
            return await open_connection(endpoint(server.port, certificate))

        client = Client(dial)  # type: ignore[arg-type]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.request("GET", "/readyz"), 0.05)
        gate.set()
        await client.request("GET", "/readyz")
        client.close()
    assert dialled == 1


async def test_silent_connection_that_answers_pings_is_kept(certificate: Path) -> None:
    async with connected(certificate, read_idle=0.1, ping=0.1) as (server, client):
        await client.request("GET", "/readyz")
        await asyncio.sleep(0.6)
        await client.request("GET", "/readyz")
    assert len(server.connections) == 1


async def test_silent_connection_is_closed_when_its_ping_is_lost(certificate: Path) -> None:
    async with connected(certificate, read_idle=0.2, ping=0.1) as (server, client):
        server.silent = True
        asked = asyncio.create_task(failure(client))
        await asyncio.wait_for(server.requested.wait(), SOON)
        server.deaf = True
        begun = asyncio.get_running_loop().time()
        assert await asked == "ping lost"
        assert 0.25 <= asyncio.get_running_loop().time() - begun < 1


async def test_data_of_a_watch_is_handed_on_as_it_comes(certificate: Path) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    async with connected(certificate) as (server, client):
        server.watched = b"first"
        watching = asyncio.create_task(
            client.request("GET", "/x?watch=1", on_data=heard.put_nowait)
        )
        assert await asyncio.wait_for(heard.get(), SOON) == b"first"
        server.peer.push(b"second")
        assert await asyncio.wait_for(heard.get(), SOON) == b"second"
        server.peer.end_stream()
        answer = await asyncio.wait_for(watching, SOON)
    assert (answer.status, answer.body) == (200, b"")


async def test_watch_of_any_length_never_runs_out_of_window(certificate: Path) -> None:
    heard = bytearray()
    async with connected(certificate) as (server, client):
        server.watched = b"x"
        watching = asyncio.create_task(client.request("GET", "/x?watch=1", on_data=heard.extend))
        await asyncio.wait_for(server.requested.wait(), SOON)
        for _ in range(400):
            await asyncio.sleep(0)
            server.peer.push(b"y" * 10_000)
            await asyncio.sleep(0.001)
        server.peer.end_stream()
        await asyncio.wait_for(watching, SOON)
    assert len(heard) == 1 + 400 * 10_000
