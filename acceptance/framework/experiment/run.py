"""A complete experiment: observe a lab, inject a fault, heal it, and report what clients
noticed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from acceptance.framework.clients.api import FAILURES
from acceptance.framework.experiment import baseline, counter_check, probe_process, targets
from acceptance.framework.experiment.experiment import Experiment
from acceptance.framework.experiment.limits import Limits
from acceptance.framework.experiment.result import Result, conclude
from acceptance.framework.experiment.testbed import Testbed
from labgen.faults import heal

QUIET = 3.0  # seconds for which every client gets good answers before healing begins
GIVE_UP = 20.0  # seconds after which healing begins although requests still fail


def run(
    testbed: Testbed,
    fault: str,
    target: str,
    limits: Limits,
    *,
    not_ready: float | None = None,
) -> Result:
    """Inject a fault, wait until clients get answers again, heal it, wait for the steady state.

    The persistent connection begins at the target's API server, so it is affected by what happens
    to that server. With not_ready, healing waits until the target is NotReady, at most that many
    seconds.

    Raises HarnessError if nothing can be measured. The result contains what did not recover.
    """
    with probing(testbed, connected_to=targets.named(testbed, target)) as experiment:
        experiment.inject(fault, target)
        experiment.wait_answers(quiet=QUIET, timeout=GIVE_UP)
        if not_ready is not None:
            experiment.wait_not_ready(target, not_ready)
        experiment.heal()
        experiment.wait_steady_state()
        experiment.wait_answers(quiet=1.0, timeout=GIVE_UP)
    return conclude(experiment, limits)


@contextmanager
def probing(testbed: Testbed, *, connected_to: str = "") -> Iterator[Experiment]:
    """Have every kind of client query a lab in its steady state, from a quiet baseline on.

    The persistent connection begins at the API server of the machine connected_to, if that is a
    control plane; without HAProxy in the path it can only be the holder's. All faults are healed at
    the end, whatever happened.

    Raises HarnessError if the lab is not healthy beforehand, or if the probes do not run.
    """
    task = baseline.precondition(testbed)
    anywhere = testbed.lab.scenario.load_balancer.direct
    task = replace(task, connected_to="" if anywhere else task.masters.get(connected_to, ""))
    try:
        with probe_process.watching(task) as seen:
            experiment = Experiment(testbed, seen, time.monotonic())
            experiment.started = baseline.wait_quiet(seen, set(task.masters))
            try:
                yield experiment
            finally:
                heal(testbed.lab)
                experiment.ended = time.monotonic()
        if seen.ended is not None:
            experiment.check_writes(seen.ended.acknowledged)
    finally:
        with suppress(*FAILURES):
            counter_check.remove(testbed.api)
