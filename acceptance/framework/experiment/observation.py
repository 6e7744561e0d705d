"""What is watched from outside while things are done to a lab."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from acceptance.framework.clients.api import Api
from acceptance.framework.clients.machines import On
from acceptance.framework.experiment import analysis, steady_state
from acceptance.framework.experiment.observers import nodes
from acceptance.framework.experiment.probe_process import Seen
from acceptance.framework.experiment.probes.task import Task
from labgen.errors import LabgenError
from labgen.faults import Injection, heal, inject
from labgen.lab.lab import Lab
from labgen.recordings.recording import Event
from labgen.system.wait import NotYet, until

POWER_CUT = "power-cut"
SWITCHED_OFF = (POWER_CUT, "reboot", "shutdown")
CLIENTS = ("fresh", "kept", "watch", "write")  # of the API


@dataclass(frozen=True)
class Bench:
    """A lab and all that a measurement needs of it; task is what the probing process does, stream
    tells where the pods of the request stream are now."""

    lab: Lab
    api: Api
    on: On
    task: Task
    stream: Callable[[], dict[str, str]]


@dataclass
class Observation:
    """One measurement under way; all times as of time.monotonic().

    moment is that of the first fault, mended the one at which healing began, healed the one at
    which the lab was whole again. problems tells in words what did not come back.
    """

    bench: Bench
    seen: Seen
    begun: float
    ended: float = 0.0
    moment: float | None = None
    mended: float | None = None
    healed: float | None = None
    events: list[Event] = field(default_factory=list)
    injections: list[Injection] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    lost: list[int] | None = None

    def note(self, text: str, at: float | None = None) -> None:
        """Something happened, now unless told otherwise."""
        self.events.append(Event(time.monotonic() if at is None else at, text))

    def rest(self, seconds: float) -> None:
        """Only watch for a while."""
        time.sleep(seconds)

    def inject(self, fault: str, target: str, *, duration: float | None = None) -> Injection:
        """Do the fault; the first one's moment is the measurement's."""
        done = inject(self.bench.lab, fault, target, duration=duration)
        self.injections.append(done)
        self.moment = done.moment if self.moment is None else self.moment
        self.note(str(done), done.moment)
        return done

    def heal(self) -> None:
        """Undo all faults."""
        if self.mended is None:
            self.mended = time.monotonic()
        self.note("healing begins")
        heal(self.bench.lab)
        self.note("what was done is undone")

    def await_good(self, *, quiet: float, timeout: float) -> None:
        """Wait until all clients of the API have had good answers, for quiet seconds since the last
        thing that was noted; a problem if they have not within timeout."""
        begin = max(event.at for event in self.events)

        def look() -> None:
            for kind in CLIENTS:
                samples = list(self.seen.samples.get(kind, []))
                good = analysis.good_for(samples, begin, time.monotonic())
                if good < quiet:
                    raise NotYet(f"{kind}: good for {good:.1f} s")

        self._within(f"good answers for {quiet:g} s", look, timeout)

    def await_whole(self, timeout: float = steady_state.HEAL_TIMEOUT) -> None:
        """Wait until the lab is whole; a problem if it is not within timeout."""
        bench = self.bench
        offset = time.time() - time.monotonic()
        booted = {name: at + offset for name, at in self.off().items()}
        look = partial(steady_state.inspect, bench.lab, booted)
        if self._within("the lab whole again", look, timeout):
            self.healed = time.monotonic()
            self.note("the lab is whole")

    def await_not_ready(self, node: str, timeout: float) -> None:
        """Wait until the API says of the node that it is not Ready; a problem if it never does."""

        def look() -> None:
            own = [c for c in list(self.seen.changes) if (c.lane, c.subject) == (nodes.LANE, node)]
            if not own or own[-1].state != nodes.NOT_READY:
                raise NotYet(own[-1].state if own else "nothing")

        self._within(f"{node} being NotReady", look, timeout)

    def off(self) -> dict[str, float]:
        """The machines that were switched off, and when for the last time."""
        return {
            name: injection.moment
            for injection in self.injections
            if injection.fault in SWITCHED_OFF
            for name in injection.machines
        }

    def _within(self, what: str, look: Callable[[], None], timeout: float) -> bool:
        try:
            until(look, what=what, timeout=timeout, interval=0.25)
        except LabgenError as error:
            self.problems.append(str(error))
            self.note(f"not within {timeout:g} s: {what}: {error.last_seen}")
            return False
        return True
