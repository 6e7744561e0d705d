"""The writer records acknowledged writes, and lost ones are detected."""

import asyncio

from acceptance.framework.clients.api import Api
from acceptance.framework.experiment import counter_check
from acceptance.framework.experiment.probes import counter
from acceptance.framework.experiment.probes.new_connection import Endpoint
from acceptance.framework.experiment.probes.open_loop import ticking
from acceptance.framework.experiment.probes.writes import Writer
from labgen.recordings.recording import Sample
from tests.unit.acceptance.conftest import LOOPBACK, Server

HZ = 50.0


def api_of(server: Server) -> Api:
    return Api(LOOPBACK, server.port, server.trusting, timeout=2)


async def write_for(
    seconds: float,
    server: Server,
    samples: list[Sample] | None = None,
    changes: dict[float, tuple[str, int]] | None = None,
) -> Writer:
    """Write for that time; changes of the server's behaviour by the second of their time."""
    await asyncio.to_thread(counter_check.begin, api_of(server))
    for at, (what, value) in (changes or {}).items():
        asyncio.get_running_loop().call_later(at, setattr, server, what, value)
    endpoint = Endpoint(LOOPBACK, server.port, server.trusting)
    writer, stop = Writer(endpoint), asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, stop.set)
    keep = (samples if samples is not None else []).append
    await ticking(writer.write, keep, stop, hz=HZ, timeout=0.5)
    return writer


async def lost(server: Server, writer: Writer) -> list[int]:
    return await asyncio.to_thread(counter_check.lost, api_of(server), writer.acknowledged)


async def test_acknowledged_writes_are_all_found_again(server: Server) -> None:
    writer = await write_for(0.3, server)
    assert len(writer.acknowledged) >= 2
    assert writer.unacknowledged == []
    assert await lost(server, writer) == []


async def test_acknowledged_write_that_is_gone_is_lost(server: Server) -> None:
    server.loses_writes = True
    writer = await write_for(0.2, server)
    assert writer.acknowledged
    assert await lost(server, writer) == writer.acknowledged


async def test_refused_write_is_not_acknowledged(server: Server) -> None:
    changes = {0.3: ("status", 500), 0.6: ("status", 200)}
    writer = await write_for(1.0, server, changes=changes)
    assert len(writer.unacknowledged) >= 2
    assert writer.acknowledged
    assert await lost(server, writer) == []


async def test_every_write_is_a_sample(server: Server) -> None:
    samples: list[Sample] = []
    writer = await write_for(1.0, server, samples, {0.5: ("status", 503)})
    assert len(samples) == len(writer.acknowledged) + len(writer.unacknowledged)
    # beside other work one may be late
    assert {sample.failure for sample in samples} - {"timeout"} == {None, "status 503"}
    first = min(sample.started for sample in samples)
    assert 0 <= writer.sent[0] - first < 5


async def test_write_that_hangs_keeps_no_other_from_being_tried(server: Server) -> None:
    writer = await write_for(0.6, server, changes={0.1: ("stuck", 1)})
    stuck = writer.unacknowledged[0]  # beside other work one more may be late
    assert len([number for number in writer.acknowledged if number > stuck]) >= 5


async def test_new_run_starts_without_the_writes_of_an_earlier_one(server: Server) -> None:
    server.data[counter.name(0)] = {"999999": ""}
    writer = await write_for(0.1, server)
    assert "999999" not in server.data[counter.name(0)]
    assert len(server.data) == counter.OBJECTS
    assert await lost(server, writer) == []


async def test_nothing_is_left_in_the_end(server: Server) -> None:
    await write_for(0.1, server)
    await asyncio.to_thread(counter_check.remove, api_of(server))
    assert server.data == {}
