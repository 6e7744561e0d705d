"""Wait for an observed state, with a deadline; the error contains what was observed last."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from labgen.errors import LabgenError
from labgen.system import interrupt

logger = logging.getLogger(__name__)
T = TypeVar("T")


class NotYet(Exception):
    """Raised by an observation that differs from the expected state; the message is what was
    observed."""


def until(
    observe: Callable[[], T],
    *,
    what: str,
    timeout: float,
    interval: float = 0.2,
    hint: str | None = None,
    log: Path | None = None,
) -> T:
    """Call observe every interval seconds until it returns instead of raising NotYet.

    Raises LabgenError "WHAT did not happen within TIMEOUT s" with the message of the last NotYet.
    """
    deadline = time.monotonic() + timeout
    last = ""
    while True:
        try:
            return observe()
        except NotYet as seen:
            if str(seen) != last:
                last = str(seen)
                logger.debug("waiting for %s: %s", what, last)
            if time.monotonic() >= deadline:
                raise LabgenError(
                    f"{what} did not happen within {timeout:g} s",
                    last_seen=str(seen),
                    hint=hint,
                    log=log,
                ) from None
        interrupt.pause(interval)
