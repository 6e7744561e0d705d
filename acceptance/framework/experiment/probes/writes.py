"""The counter is written, open loop, each write over a connection of its own.

A write that etcd's leader took with it when it died is answered by nobody for seconds: it must not
keep others from being tried.
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
    """Each call of write() writes the next number.

    acknowledged holds the numbers that the API said yes to, in that order; sent, when each was
    asked for. A write that was not acknowledged may have happened all the same.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.acknowledged: list[int] = []
        self.sent: dict[int, float] = {}

    @property
    def unacknowledged(self) -> list[int]:
        """The other numbers, also those under way."""
        return sorted(set(self.sent) - set(self.acknowledged))

    async def write(self) -> None:
        """The next number; a probe as ticking wants it."""
        number = len(self.sent)
        self.sent[number] = time.monotonic()
        body = json.dumps({"data": {counter.key(number): ""}}).encode()
        path = f"{counter.COLLECTION}/{counter.name(number)}"
        good(await ask(self._endpoint, "PATCH", path, body, MERGE))
        self.acknowledged.append(number)
