"""Observe whether each etcd member leads, follows, or knows no leader.

Each member is queried ten times a second over a persistent connection, by etcd's status call
(/v3/maintenance/status), which reads only memory and never waits for other members.
"""

import asyncio
import json
import time

from acceptance.framework.experiment.observers.changes import Changes, Report
from acceptance.framework.experiment.probes.failures import FAILURES
from acceptance.framework.experiment.probes.http1 import good
from acceptance.framework.experiment.probes.http2 import open_connection
from acceptance.framework.experiment.probes.new_connection import Endpoint
from acceptance.framework.experiment.probes.persistent_connection import Client

LANE = "etcd leader"
LEADER, FOLLOWER, LEADERLESS, SILENT = "leader", "follower", "no leader", "no answer"
HZ = 10.0  # queries a second
TIMEOUT = 0.5  # seconds; a member answers within milliseconds
PORT = 2379
STATUS = "/v3/maintenance/status"
FIELDS = (("content-type", "application/json"),)


async def leader(machine: str, endpoint: Endpoint, report: Report) -> None:
    """Observe the member of one machine until cancelled."""
    client = Client(lambda: open_connection(endpoint))
    changes = Changes(LANE, report)
    while True:
        begun = time.monotonic()
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = await client.request("POST", STATUS, body=b"{}", fields=FIELDS)
            state = read(good(answer).body)
        except FAILURES:
            state = SILENT
            client.close()  # a machine that comes back does not know the old connection
        changes.see(time.monotonic(), machine, state)
        await asyncio.sleep(begun + 1 / HZ - time.monotonic())


def read(status: bytes) -> str:
    """Return the member's role from its status in JSON, where 64-bit numbers are strings."""
    found = json.loads(status)
    leading = found.get("leader", "0")
    if leading == "0":
        return LEADERLESS
    return LEADER if leading == found["header"]["member_id"] else FOLLOWER
