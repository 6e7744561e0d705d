"""The counter is written, one write at a time, each over a connection of its own."""

import asyncio
import json
import time
from itertools import count

from acceptance.support.api import MERGE
from acceptance.support.probes import counter
from acceptance.support.probes.failures import FAILURES, kind
from acceptance.support.probes.fresh import Endpoint, ask, good
from acceptance.support.probes.ticking import Keep
from labgen.report.recording import Sample

TIMEOUT = 3.0  # seconds; a write that takes longer is not acknowledged to a waiting client


class Writer:
    """acknowledged holds the numbers that the API said yes to; sent, when each was asked for."""

    def __init__(self, endpoint: Endpoint, keep: Keep, *, timeout: float = TIMEOUT) -> None:
        self._endpoint = endpoint
        self._keep = keep
        self._timeout = timeout
        self.acknowledged: list[int] = []
        self.unacknowledged: list[int] = []
        self.sent: dict[int, float] = {}

    async def run(self, stop: asyncio.Event, *, hz: float) -> None:
        """Write at most hz times a second until stop is set.

        A write that was not acknowledged may have happened all the same; its number is not used
        again.
        """
        due = time.monotonic()
        for number in count():
            await asyncio.sleep(due - time.monotonic())
            if stop.is_set():
                return
            await self._write(number)
            due = max(due + 1 / hz, time.monotonic())

    async def _write(self, number: int) -> None:
        started = self.sent[number] = time.monotonic()
        body = json.dumps({"data": {counter.key(number): ""}}).encode()
        failure = None
        try:
            async with asyncio.timeout(self._timeout):
                good(await ask(self._endpoint, "PATCH", counter.PATH, body, MERGE))
        except FAILURES as error:
            failure = kind(error)
        (self.unacknowledged if failure else self.acknowledged).append(number)
        self._keep(Sample(started, time.monotonic(), failure))
