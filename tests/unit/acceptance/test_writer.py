"""The writer remembers what was acknowledged, and finds out what of it is lost."""

import time

from acceptance.support import writer
from acceptance.support.api import Api
from acceptance.support.writer import Writes
from tests.unit.acceptance.conftest import LOOPBACK, Server


def api_of(server: Server) -> Api:
    return Api(LOOPBACK, server.port, server.trusting, timeout=2)


def write_for(seconds: float, api: Api) -> Writes:
    with writer.writing(api, hz=50) as writes:
        time.sleep(seconds)
    return writes


def test_acknowledged_writes_are_all_found_again(server: Server) -> None:
    writes = write_for(0.3, api_of(server))
    assert len(writes.acknowledged) >= 2
    assert writes.unacknowledged == []
    assert writer.lost(api_of(server), writes) == []


def test_acknowledged_write_that_is_gone_is_lost(server: Server) -> None:
    server.loses_writes = True
    writes = write_for(0.2, api_of(server))
    assert writes.acknowledged
    assert writer.lost(api_of(server), writes) == writes.acknowledged


def test_refused_write_is_not_acknowledged(server: Server) -> None:
    api = api_of(server)
    with writer.writing(api, hz=50) as writes:
        server.status = 500
        time.sleep(0.3)
        server.status = 200
        time.sleep(0.3)
    assert len(writes.unacknowledged) >= 2
    assert writes.acknowledged
    assert writer.lost(api, writes) == []


def test_new_run_starts_without_the_writes_of_an_earlier_one(server: Server) -> None:
    server.data[writer.NAME] = {"left": "over"}
    write_for(0.1, api_of(server))
    assert "left" not in server.data[writer.NAME]
