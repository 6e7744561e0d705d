"""What each etcd member says of itself: whether it leads, follows, or knows no leader.

Asked ten times a second over one kept connection each, by etcd's own status call
(/v3/maintenance/status, which reads memory and never waits for the others).
"""

import asyncio
import json
import time

from acceptance.framework.experiment.observers.changes import Changes, Tell
from acceptance.framework.experiment.probes.failures import FAILURES
from acceptance.framework.experiment.probes.http1 import good
from acceptance.framework.experiment.probes.http2 import open_connection
from acceptance.framework.experiment.probes.new_connection import Endpoint
from acceptance.framework.experiment.probes.persistent_connection import Client

LANE = "etcd leader"
LEADER, FOLLOWER, LEADERLESS, SILENT = "leader", "follower", "no leader", "no answer"
HZ = 10.0  # looks a second
TIMEOUT = 0.5  # seconds; a member answers within milliseconds
PORT = 2379
STATUS = "/v3/maintenance/status"
FIELDS = (("content-type", "application/json"),)


async def leader(machine: str, endpoint: Endpoint, tell: Tell) -> None:
    """Follow one member, that of the machine, until cancelled."""
    client = Client(lambda: open_connection(endpoint))
    changes = Changes(LANE, tell)
    while True:
        begun = time.monotonic()
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = await client.request("POST", STATUS, body=b"{}", fields=FIELDS)
            state = read(good(answer).body)
        except FAILURES:
            state = SILENT
            client.close()  # a machine that comes back knows nothing of the old connection
        changes.see(time.monotonic(), machine, state)
        await asyncio.sleep(begun + 1 / HZ - time.monotonic())


def read(status: bytes) -> str:
    """The member's part, from its status in JSON; numbers of 64 bits are strings there."""
    said = json.loads(status)
    leading = said.get("leader", "0")
    if leading == "0":
        return LEADERLESS
    return LEADER if leading == said["header"]["member_id"] else FOLLOWER
