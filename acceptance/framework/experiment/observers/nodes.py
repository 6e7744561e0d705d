"""Observe whether the nodes are Ready, by querying the API behind the VIP twice a second.

The request is for the table that kubectl prints, without the objects: some hundred bytes.
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

LANE = "node"
READY, NOT_READY, UNKNOWN = "Ready", "NotReady", "unknown"
HZ = 2.0  # queries a second
TIMEOUT = 1.0  # seconds; a connection to a holder without power has to be given up
FORGET = 3.0  # seconds without an answer after which the states are unknown
TABLE = "/api/v1/nodes?includeObject=None"
FIELDS = (("accept", "application/json;as=Table;v=v1;g=meta.k8s.io"),)


async def nodes(endpoint: Endpoint, report: Report) -> None:
    """Observe all nodes until cancelled."""
    client = Client(lambda: open_connection(endpoint))
    changes = Changes(LANE, report)
    states: dict[str, str] = {}
    answered = time.monotonic()
    while True:
        begun = time.monotonic()
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = await client.request("GET", TABLE, fields=FIELDS)
            states = read(good(answer).body)
            answered = time.monotonic()
        except FAILURES:
            client.close()
            if time.monotonic() - answered > FORGET:
                states = dict.fromkeys(states, UNKNOWN)
        for name, state in states.items():
            changes.see(time.monotonic(), name, state)
        await asyncio.sleep(begun + 1 / HZ - time.monotonic())


def read(table: bytes) -> dict[str, str]:
    """Return the nodes' states by name: Ready or NotReady, as kubectl prints them."""
    found = json.loads(table)
    columns = [column["name"] for column in found["columnDefinitions"]]
    name, status = columns.index("Name"), columns.index("Status")
    return {row["cells"][name]: row["cells"][status].split(",")[0] for row in found["rows"]}
