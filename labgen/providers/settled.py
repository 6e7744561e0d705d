"""Judge an action on a machine or a network by what became of it, not by its program's exit code.

On a busy host podman ends with an error although the machine is off: it waits for a file that comes
late. Something else may also have removed what was to be removed.
"""

import logging
from collections.abc import Callable

from labgen.errors import LabgenError
from labgen.system.interrupt import Interrupted
from labgen.system.wait import NotYet, until

logger = logging.getLogger(__name__)
SETTLE = 5.0  # seconds; what comes late on a busy host has been one second late


def act(
    do: Callable[[], object],
    reached: Callable[[], bool],
    *,
    errors: type[Exception] = LabgenError,
) -> None:
    """Do it. If that fails, read whether what was wanted is reached, and raise the error only if it
    is not reached within SETTLE seconds."""
    try:
        do()
    except Interrupted:
        raise
    except errors as error:
        try:
            until(lambda: _look(reached), what="the result", timeout=SETTLE)
        except Interrupted:
            raise
        except LabgenError:
            raise error from None
        logger.debug("reported an error, and did it: %s", error)


def _look(reached: Callable[[], bool]) -> None:
    if not reached():
        raise NotYet("not yet")
