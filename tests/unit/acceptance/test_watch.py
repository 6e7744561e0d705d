"""A watch reports every write once, and continues after any interruption."""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from acceptance.framework.experiment.probes import contexts, counter
from acceptance.framework.experiment.probes.http2 import open_connection
from acceptance.framework.experiment.probes.new_connection import Endpoint
from acceptance.framework.experiment.probes.persistent_connection import Client
from acceptance.framework.experiment.probes.watch import Watch
from labgen.recordings.recording import Sample
from tests.unit.acceptance.conftest import LOOPBACK
from tests.unit.acceptance.http2_server import Http2Server, serving


def config_map(*numbers: int, version: int = 1) -> dict[str, object]:
    metadata = {"name": counter.name(0), "resourceVersion": str(version)}
    return {"metadata": metadata, "data": {counter.key(number): "" for number in numbers}}


def listed(*numbers: int, version: int = 1) -> bytes:
    items = [{"data": {counter.key(number): ""}} for number in numbers]
    found = {"metadata": {"resourceVersion": str(version)}, "items": [*items, {}]}
    return json.dumps(found).encode()


def event(*numbers: int, version: int) -> bytes:
    found = {"type": "MODIFIED", "object": config_map(*numbers, version=version)}
    return json.dumps(found).encode() + b"\n"


@asynccontextmanager
async def watching(
    certificate: Path, *numbers: int
) -> AsyncIterator[tuple[Http2Server, Watch, list[Sample]]]:
    """Yield a watch that has listed a ConfigMap with numbers and waits for events."""
    async with serving(certificate) as server:
        server.body = listed(*numbers)
        context = contexts.http2(ssl.create_default_context(cafile=str(certificate)))
        client = Client(partial(open_connection, Endpoint(LOOPBACK, server.port, context)))
        samples: list[Sample] = []
        watch = Watch(client, {n: time.monotonic() for n in range(100)}, samples.append)
        stop = asyncio.Event()
        running = asyncio.create_task(watch.run(stop))
        await seen(lambda: len(server.paths) == 2)
        yield server, watch, samples
        stop.set()
        await asyncio.wait_for(running, 2)
        client.close()


async def seen(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(2):
        while not condition():
            await asyncio.sleep(0.005)


async def test_every_write_is_told_once(certificate: Path) -> None:
    async with watching(certificate, 0) as (server, watch, samples):
        server.peer.push(event(0, 1, version=2))
        server.peer.push(event(0, 1, 2, version=3)[:20])
        server.peer.push(event(0, 1, 2, version=3)[20:])
        await seen(lambda: watch.numbers == {0, 1, 2})
    assert [sample.failure for sample in samples] == [None, None, None]


async def test_watch_goes_on_from_the_last_version_after_a_loss(certificate: Path) -> None:
    async with watching(certificate) as (server, watch, samples):
        server.peer.push(event(1, version=7))
        await seen(lambda: watch.numbers == {1})
        server.peer.transport.abort()
        await seen(lambda: len(server.paths) == 3)
        server.peer.push(event(1, 2, 3, version=9))
        await seen(lambda: watch.numbers == {1, 2, 3})
    assert "resourceVersion=7" in server.paths[2]
    assert [s.failure for s in samples if s.failure] in (["reset"], ["closed"])


async def test_failure_of_a_watch_begins_with_its_last_event(certificate: Path) -> None:
    """Else one that ends while the power is back would have failed when it was lost."""
    async with watching(certificate) as (server, watch, samples):
        await asyncio.sleep(0.3)
        server.peer.push(event(1, version=7))
        await seen(lambda: watch.numbers == {1})
        server.peer.transport.abort()
        await seen(lambda: len(samples) == 2)
    [good, failed] = samples
    assert good.ended <= failed.started < good.ended + 0.25


async def test_watch_that_the_server_ends_is_opened_again(certificate: Path) -> None:
    async with watching(certificate) as (server, _, samples):
        server.peer.end_stream()
        await seen(lambda: len(server.paths) == 3)
    assert [sample.failure for sample in samples] == ["watch ended"]


async def test_version_that_is_forgotten_is_looked_up_anew(certificate: Path) -> None:
    async with watching(certificate) as (server, watch, _):
        gone = {"type": "ERROR", "object": {"kind": "Status", "code": 410}}
        server.body = listed(4, 5, version=50)
        server.peer.push(json.dumps(gone).encode() + b"\n")
        server.peer.end_stream()
        await seen(lambda: watch.numbers == {4, 5})
        assert server.paths[2] == f"{counter.COLLECTION}?{counter.SELECTOR}"


async def test_sample_lasts_from_the_sending_of_the_write_to_its_event(certificate: Path) -> None:
    async with watching(certificate) as (server, watch, samples):
        await asyncio.sleep(0.2)
        server.peer.push(event(1, version=2))
        await seen(lambda: watch.numbers == {1})
    assert 0.2 <= samples[0].ended - samples[0].started < 2


async def test_watch_on_a_cluster_that_is_away_is_tried_again(certificate: Path) -> None:
    async with watching(certificate) as (server, _, samples):
        server.status = 500
        server.peer.transport.abort()
        await seen(lambda: len(samples) > 3)
    assert {sample.failure for sample in samples[1:]} == {"status 500"}
