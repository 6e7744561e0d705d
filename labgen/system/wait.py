"""Waiting on what is observed, with a deadline and the last thing seen in the error."""

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
    """Raised by an observation that is not what is waited for; says what was seen."""


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

    Raises LabgenError "WHAT within TIMEOUT s" with the last NotYet's words.
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
