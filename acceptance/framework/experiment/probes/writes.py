"""Write the counter in an open loop, each write over a new connection.

A write that etcd's leader was processing when it died gets no answer for seconds. It must not delay
others.
"""

import json
import time

from acceptance.framework.clients.api import MERGE
from acceptance.framework.experiment.probes import counter
from acceptance.framework.experiment.probes.http1 import good
from acceptance.framework.experiment.probes.new_connection import Endpoint, ask

HZ = 10.0  # writes a second
TIMEOUT = 3.0  # seconds; a write that takes longer is not acknowledged to a waiting client


class Writer:
    """A writer: each call of write() writes the next number.

    acknowledged are the numbers that the API acknowledged, in that order; sent is the time at which
    each was sent. A write without an acknowledgement may have succeeded nevertheless.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.acknowledged: list[int] = []
        self.sent: dict[int, float] = {}

    @property
    def unacknowledged(self) -> list[int]:
        """Return the other numbers, including those in flight."""
        return sorted(set(self.sent) - set(self.acknowledged))

    async def write(self) -> None:
        """Write the next number; this is a probe for ticking()."""
        number = len(self.sent)
        self.sent[number] = time.monotonic()
        body = json.dumps({"data": {counter.key(number): ""}}).encode()
        path = f"{counter.COLLECTION}/{counter.name(number)}"
        good(await ask(self._endpoint, "PATCH", path, body, MERGE))
        self.acknowledged.append(number)
