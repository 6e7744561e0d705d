"""Watching a lab from a base line on, and what has to be right before anything is done to it."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from acceptance.framework.clients.api import FAILURES, Api
from acceptance.framework.errors import HarnessError
from acceptance.framework.experiment import analysis, counter_check, probe_process, steady_state
from acceptance.framework.experiment.observation import CLIENTS, Bench, Observation
from acceptance.framework.experiment.observers import owners
from acceptance.framework.experiment.probes.task import Task
from labgen.errors import LabgenError
from labgen.faults import heal
from labgen.system.wait import NotYet, until

BEFORE = 2.0  # seconds of quiet before the fault, as the base line
PRECONDITION = 60.0  # seconds for the lab to be whole before anything is done
QUIET_TIMEOUT = 30.0  # seconds for the probes to run and to be good: connections have to be made


@contextmanager
def observing(bench: Bench, *, kept_at: str = "") -> Iterator[Observation]:
    """Watch a lab that is whole, with a quiet base line before the block runs.

    The kept connection begins with the API server of the machine kept_at, if that is a master;
    past HAProxy it can only be the holder's.
    Faults are healed in the end, whatever happened. Raises HarnessError when the lab is not whole
    beforehand, or when the suite's own probes do not run.
    """
    task = _precondition(bench)
    anywhere = bench.lab.scenario.load_balancer.direct
    task = replace(task, kept_at="" if anywhere else task.masters.get(kept_at, ""))
    try:
        with probe_process.watching(task) as seen:
            observation = Observation(bench, seen, time.monotonic())
            _await_quiet(observation)
            try:
                yield observation
            finally:
                heal(bench.lab)
                observation.ended = time.monotonic()
        if seen.ended is not None:
            observation.lost = _lost(observation, bench.api, seen.ended.acknowledged)
    finally:
        with suppress(*FAILURES):
            counter_check.remove(bench.api)


def _precondition(bench: Bench) -> Task:
    """The probing process's task in a lab that is whole."""
    try:
        what = "a whole lab with the VIP on its first master"
        steady_state.await_steady_state(bench.lab, what=what, timeout=PRECONDITION)
        counter_check.begin(bench.api)
        return replace(bench.task, pods=bench.stream())
    except (LabgenError, *FAILURES) as error:
        raise HarnessError(f"nothing was done to the lab, it is not whole: {error}") from error


def _await_quiet(observation: Observation) -> None:
    """A base line: every state is known, and nothing fails before anything is done."""
    seen, masters = observation.seen, set(observation.bench.task.masters)

    def known() -> None:
        missing = {kind for kind in CLIENTS if kind not in seen.samples}
        missing |= masters - {
            change.subject for change in seen.changes if change.lane == owners.LANE
        }
        if missing:
            raise NotYet(f"nothing is known of {', '.join(sorted(missing))}")
        observation.begun = time.monotonic()

    def quiet() -> None:
        for kind, samples in list(seen.samples.items()):
            good = analysis.good_for(list(samples), observation.begun, time.monotonic())
            if good < BEFORE:
                raise NotYet(
                    f"{kind}: good for {good:.1f} s; {dict(analysis.kinds(list(samples)))}"
                )

    try:
        until(known, what="the first samples", timeout=QUIET_TIMEOUT, interval=0.05)
        until(quiet, what=f"{BEFORE:g} s without a failure", timeout=QUIET_TIMEOUT, interval=0.05)
    except LabgenError as error:
        raise HarnessError(f"nothing was done to the lab, its API is not well: {error}") from error
    observation.begun = time.monotonic() - BEFORE


def _lost(observation: Observation, api: Api, acknowledged: Sequence[int]) -> list[int] | None:
    try:
        return counter_check.lost(api, acknowledged)
    except FAILURES as error:
        observation.problems.append(f"what was written cannot be read: {error}")
        return None
