"""A running experiment: faults are injected and healed while clients query the lab."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from acceptance.framework.clients.api import FAILURES
from acceptance.framework.experiment import analysis, counter_check, steady_state
from acceptance.framework.experiment.observers import nodes
from acceptance.framework.experiment.probe_process import Seen
from acceptance.framework.experiment.testbed import Testbed
from labgen.errors import LabgenError
from labgen.faults import Injection, heal, inject
from labgen.recordings.metrics import API_CLIENTS
from labgen.recordings.recording import HEALED, HEALING, INJECTED, STEADY_STATE, TIMED_OUT, Moment
from labgen.system.wait import NotYet, until

POWER_CUT = "power-cut"
SWITCHED_OFF = (POWER_CUT, "reboot", "shutdown")


@dataclass
class Experiment:
    """A running experiment; all times are those of time.monotonic()."""

    testbed: Testbed
    seen: Seen  # what the probing process has reported so far
    started: float  # when the baseline began
    ended: float = 0.0
    moments: list[Moment] = field(default_factory=list)  # what was done and what came of it
    injections: list[Injection] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # what did not recover, in words
    lost: list[int] | None = None  # acknowledged writes that are gone; None: unknown

    def mark(self, name: str, text: str, at: float | None = None) -> None:
        """Record a moment, now or at the time `at`."""
        self.moments.append(Moment(name, time.monotonic() if at is None else at, text))

    def at(self, name: str) -> float | None:
        """Return the time of the first moment of that name, None if there is none."""
        return next((moment.at for moment in self.moments if moment.name == name), None)

    def wait(self, seconds: float) -> None:
        """Let clients continue for that many seconds."""
        time.sleep(seconds)

    def inject(self, fault: str, target: str, *, duration: float | None = None) -> None:
        """Inject a fault. The first fault's moment is time zero of the recording."""
        done = inject(self.testbed.lab, fault, target, duration=duration)
        self.injections.append(done)
        self.mark(INJECTED, str(done), done.moment)

    def heal(self) -> None:
        """Undo all faults."""
        self.mark(HEALING, "healing begins")
        heal(self.testbed.lab)
        self.mark(HEALED, "all faults are undone")

    def wait_answers(self, *, quiet: float, timeout: float) -> None:
        """Wait until every client of the API had good answers for `quiet` seconds.

        Only answers since the last moment count. A timeout is recorded as a problem of the result.
        """
        begin = max(moment.at for moment in self.moments)

        def check() -> None:
            for kind in API_CLIENTS:
                good = analysis.good_for(self.seen.samples(kind), begin, time.monotonic())
                if good < quiet:
                    raise NotYet(f"{kind}: good answers for {good:.1f} s")

        self._within(f"good answers for {quiet:g} s", check, timeout)

    def wait_steady_state(self, timeout: float = steady_state.HEAL_TIMEOUT) -> None:
        """Wait until the lab is in its steady state. A timeout is recorded as a problem of the
        result."""
        offset = time.time() - time.monotonic()
        booted = {name: at + offset for name, at in self.switched_off().items()}
        check = partial(steady_state.inspect, self.testbed.lab, booted)
        if self._within("the steady state", check, timeout):
            self.mark(STEADY_STATE, "steady state restored")

    def wait_not_ready(self, node: str, timeout: float) -> None:
        """Wait until the API reports the node as NotReady. A timeout is recorded as a problem of
        the result."""

        def check() -> None:
            own = [c for c in list(self.seen.changes) if (c.lane, c.subject) == (nodes.LANE, node)]
            if not own or own[-1].state != nodes.NOT_READY:
                raise NotYet(own[-1].state if own else "nothing")

        self._within(f"{node} being NotReady", check, timeout)

    def switched_off(self) -> dict[str, float]:
        """Return the machines that were switched off, each with the last time of that."""
        return {
            name: injection.moment
            for injection in self.injections
            if injection.fault in SWITCHED_OFF
            for name in injection.machines
        }

    def check_writes(self, acknowledged: Sequence[int]) -> None:
        """Determine which acknowledged writes the cluster has lost."""
        try:
            self.lost = counter_check.lost(self.testbed.api, acknowledged)
        except FAILURES as error:
            self.problems.append(f"the written ConfigMaps cannot be read: {error}")

    def _within(self, what: str, check: Callable[[], None], timeout: float) -> bool:
        try:
            until(check, what=what, timeout=timeout, interval=0.25)
        except LabgenError as error:
            self.problems.append(str(error))
            self.mark(TIMED_OUT, f"not within {timeout:g} s: {what}: {error.last_seen}")
            return False
        return True
