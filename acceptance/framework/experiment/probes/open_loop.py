"""The open loop: each request starts at a fixed time, however slow earlier answers are.

So a stalled server does not slow down the measurement (coordinated omission).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from itertools import count

from acceptance.framework.experiment.probes.failures import FAILURES, kind
from labgen.recordings.recording import Sample

# Returns when the answer is good, raises one of FAILURES when it is not.
Probe = Callable[[], Awaitable[None]]
# Called with every request when it has ended; times as of time.monotonic().
Keep = Callable[[Sample], None]


async def ticking(
    probe: Probe, keep: Keep, stop: asyncio.Event, *, hz: float, timeout: float
) -> None:
    """Send hz probes a second until stop is set, and wait for the requests in flight.

    A request fails after timeout seconds. A late start does not delay later ones, because each
    start has a fixed time.
    """
    begun = time.monotonic()
    async with asyncio.TaskGroup() as probes:
        for number in count():
            await asyncio.sleep(begun + number / hz - time.monotonic())
            if stop.is_set():
                break
            probes.create_task(_once(probe, keep, timeout))


async def _once(probe: Probe, keep: Keep, timeout: float) -> None:
    started = time.monotonic()
    failure = None
    try:
        async with asyncio.timeout(timeout):
            await probe()
    except FAILURES as error:
        failure = kind(error)
    keep(Sample(started, time.monotonic(), failure))
