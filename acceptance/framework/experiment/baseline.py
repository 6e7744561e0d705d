"""The baseline of an experiment: the conditions for injecting a fault."""

import time
from collections.abc import Mapping
from dataclasses import replace

from acceptance.framework.clients.api import FAILURES
from acceptance.framework.errors import HarnessError
from acceptance.framework.experiment import analysis, counter_check, steady_state
from acceptance.framework.experiment.observers import owners
from acceptance.framework.experiment.probe_process import Seen
from acceptance.framework.experiment.probes.protocol import Task
from acceptance.framework.experiment.testbed import Testbed
from labgen.errors import LabgenError
from labgen.recordings import requests
from labgen.recordings.metrics import API_CLIENTS
from labgen.system.wait import NotYet, until

SECONDS = 2.0  # seconds of good answers before the fault
PRECONDITION = 60.0  # seconds for the lab to be in its steady state before anything is done
QUIET_TIMEOUT = 30.0  # seconds for the probes to run and succeed: connections have to be made


def precondition(testbed: Testbed) -> Task:
    """Return the probing process's task, once the lab is in its steady state.

    Raises HarnessError if the lab does not reach it in time.
    """
    try:
        what = "the steady state, with the VIP on the first control plane"
        steady_state.await_steady_state(testbed.lab, what=what, timeout=PRECONDITION)
        counter_check.begin(testbed.api)
        return replace(testbed.task, pods=testbed.pods())
    except (LabgenError, *FAILURES) as error:
        raise HarnessError(f"no fault was injected, the lab is not healthy: {error}") from error


def wait_quiet(seen: Seen, masters: set[str]) -> float:
    """Wait until every state is known and no request fails; return when the baseline began.

    Raises HarnessError if requests fail although no fault was injected.
    """
    known_at = 0.0

    def known() -> None:
        nonlocal known_at
        missing = {kind for kind in API_CLIENTS if not seen.samples(kind)}
        missing |= masters - {
            change.subject for change in seen.changes if change.lane == owners.LANE
        }
        if missing:
            raise NotYet(f"there is no answer yet for {', '.join(sorted(missing))}")
        known_at = time.monotonic()

    def quiet() -> None:
        for (kind, client), samples in list(seen.clients.items()):
            good = analysis.good_for(list(samples), known_at, time.monotonic())
            if good < SECONDS:
                raise NotYet(_unwell(kind, client, requests.failures(list(samples))))

    try:
        until(known, what="the first requests", timeout=QUIET_TIMEOUT, interval=0.05)
        what = f"{SECONDS:g} s without a failed request"
        until(quiet, what=what, timeout=QUIET_TIMEOUT, interval=0.05)
    except LabgenError as error:
        raise HarnessError(
            f"no fault was injected, because {error.last_seen}; waited {QUIET_TIMEOUT:g} s for "
            f"{SECONDS:g} s of good answers"
        ) from error
    return time.monotonic() - SECONDS


def _unwell(kind: str, client: str, failures: Mapping[str, int]) -> str:
    """Return which clients get no good answers before any fault, and how their requests fail."""
    what = "the API" if kind in API_CLIENTS else f"a Service, from the pod on {client}"
    if not failures:
        return f"requests to {what} ({kind}) get no answer without a fault"
    counted = ", ".join(f"{number} times: {failure}" for failure, number in failures.items())
    return f"requests to {what} ({kind}) fail without a fault ({counted})"
