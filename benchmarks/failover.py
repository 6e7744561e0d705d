"""A power cut of the VIP holder, as a client sees that makes a new TLS connection every 20 ms.

Every request is counted, and one that is not answered within 5 s failed. The prober is not that of
the acceptance suite, because each version of labgen has one of its own.
"""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise

from benchmarks.api import PATIENCE, Client, Request, connect
from benchmarks.command import Labgen
from labgen.errors import LabgenError

INTERVAL = 0.02  # seconds between two requests
BEFORE_CUT = 3.0  # seconds of probing before the power cut
AFTER_CUT = 12.0  # seconds of probing after it
GAP = "failover: longest gap"
FAILED = "failover: requests failed"
SLOWEST = "failover: slowest answer"
SLOW = "failover: answers over 0.5 s"


def failover(labgen: Labgen, lab: str) -> dict[str, float]:
    """Cut the holder's power and return the figures, as a client with new connections sees them.

    The power is on again afterwards, and the API answers. Raises LabgenError unless one machine
    holds the VIP.
    """
    holders = labgen.data("status", lab)["holders"]
    if len(holders) != 1:
        raise LabgenError(f"the VIP of lab {lab} is held by {', '.join(holders) or 'no machine'}")
    with connect(labgen, lab) as client:
        cut, requests = _probe(client, labgen, lab, holders[0])
    return figures(cut, requests)


def figures(cut: float, requests: Sequence[Request]) -> dict[str, float]:
    """Return what the requests add up to from the cut on.

    The last answer before the cut begins the first gap, the last request ends the last one: an API
    that is not back by then was away until then at least.
    """
    after = [it for it in requests if it.ended >= cut]
    answered = sorted(it.ended for it in requests if it.good and it.ended >= cut - 1)
    end = max(it.started for it in requests)
    gaps = [later - earlier for earlier, later in pairwise(sorted([*answered, end]))]
    took = [it.ended - it.started for it in after if it.good]
    return {
        GAP: max(gaps, default=end - cut),
        FAILED: float(sum(not it.good for it in after)),
        SLOWEST: max(took, default=0.0),
        SLOW: float(sum(it > 0.5 for it in took)),
    }


def _probe(client: Client, labgen: Labgen, lab: str, holder: str) -> tuple[float, list[Request]]:
    """Return the moment before the holder's power is cut (time.monotonic()), and all requests."""
    begin = time.monotonic()
    first = int(BEFORE_CUT / INTERVAL)
    before, after = range(first), range(first, first + int(AFTER_CUT / INTERVAL))
    workers = int(PATIENCE / INTERVAL) + 1  # requests that may be open, and the power switch
    with ThreadPoolExecutor(workers) as pool:
        asked = [_ask_at(pool, begin + number * INTERVAL, client) for number in before]
        cut = time.monotonic()
        stopped = pool.submit(labgen.timed, "stop", lab, holder, "--now")
        asked += [_ask_at(pool, begin + number * INTERVAL, client) for number in after]
        requests = [it.result() for it in asked]
        stopped.result()
    labgen.timed("start", lab, holder)
    return cut, requests


def _ask_at(pool: ThreadPoolExecutor, moment: float, client: Client) -> Future[Request]:
    """Begin a request at that moment, however slow those before it are."""
    time.sleep(max(0.0, moment - time.monotonic()))
    return pool.submit(client.request)
