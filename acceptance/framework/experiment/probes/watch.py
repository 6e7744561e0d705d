"""A watch on the counter, over the client's persistent connection, as a controller uses it.

It shares the connection with other requests. Without them, the client would send nothing and would
detect the holder's power cut only by its ping, after 30 s of silence (see http2.py). After a
failure the watch continues from the last resourceVersion that it received, so it misses no change.
client-go does the same, but waits for 0.8 s after a refused connection (tools/cache/reflector.go).
"""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from acceptance.framework.experiment.probes import counter
from acceptance.framework.experiment.probes.failures import FAILURES, kind
from acceptance.framework.experiment.probes.http1 import good
from acceptance.framework.experiment.probes.open_loop import Keep
from acceptance.framework.experiment.probes.persistent_connection import Client
from labgen.recordings.recording import Sample

PAUSE = 0.05  # seconds between attempts: the cluster's time is measured, not a client's backoff
LIST = 2.0  # seconds; a slower list has failed
GONE = 410  # HTTP: the resourceVersion is older than what the API server remembers


class Watch:
    """A watch; numbers are the writes that it reported.

    A good sample begins when the write was sent and ends when its event came. A failed sample is a
    watch that ended. It begins with the last event that came, or with the watch if none did: a
    watch that is open for minutes fails when it ends, and not when it was opened.
    """

    def __init__(self, client: Client, sent: Mapping[int, float], keep: Keep) -> None:
        self._client = client
        self._sent = sent
        self._keep = keep
        self._version = ""
        self._rest = b""
        self._silent_since = 0.0  # time.monotonic() of the watch's beginning or its last event
        self.numbers: set[int] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Watch until stop is set. A watch that ends is opened again."""
        while not stop.is_set():
            self._silent_since = time.monotonic()
            attempt = asyncio.create_task(self._attempt())
            stopped = asyncio.create_task(stop.wait())
            await asyncio.wait({attempt, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            if not attempt.done():
                attempt.cancel()
                return
            self._keep(Sample(self._silent_since, time.monotonic(), attempt.result()))
            await asyncio.sleep(PAUSE)

    async def _attempt(self) -> str:
        """Watch until the watch ends, and return the reason."""
        self._rest = b""
        try:
            if not self._version:
                async with asyncio.timeout(LIST):
                    await self._list()
            query = f"watch=1&resourceVersion={self._version}&{counter.SELECTOR}"
            path = f"{counter.COLLECTION}?{query}"
            answer = await self._client.request("GET", path, on_data=self._take)
            if answer.status == GONE:
                self._version = ""
            good(answer)
        except FAILURES as error:
            return kind(error)
        return "watch ended"

    async def _list(self) -> None:
        path = f"{counter.COLLECTION}?{counter.SELECTOR}"
        found = json.loads(good(await self._client.request("GET", path)).body)
        self._see(found["metadata"], found["items"])

    def _take(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            event = json.loads(line)
            what, found = event.get("type"), event.get("object", {})
            if what in ("ADDED", "MODIFIED"):
                self._see(found["metadata"], [found])
            elif what == "ERROR" and found.get("code") == GONE:
                self._version = ""

    def _see(self, metadata: Mapping[str, Any], objects: Sequence[Mapping[str, Any]]) -> None:
        now = self._silent_since = time.monotonic()
        self._version = metadata["resourceVersion"]
        new = counter.numbers(objects) - self.numbers
        self.numbers |= new
        for number in sorted(new):
            self._keep(Sample(self._sent.get(number, now), now, None))
