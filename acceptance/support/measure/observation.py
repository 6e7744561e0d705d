"""What is watched from outside while things are done to a lab."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from acceptance.support import analysis, whole, written
from acceptance.support.api import FAILURES, Api
from acceptance.support.errors import HarnessError
from acceptance.support.machines import On
from acceptance.support.measure import outside
from acceptance.support.measure.outside import Seen
from acceptance.support.observers import nodes
from acceptance.support.observers.owners import LANE
from acceptance.support.probes.task import Task
from labgen.faults import Injection, heal, inject
from labgen.lab.lab import Lab
from labgen.report.errors import LabgenError
from labgen.report.recording import Event
from labgen.system.wait import NotYet, until

BEFORE = 2.0  # seconds of quiet before the fault, as the base line
PRECONDITION = 60.0  # seconds for the lab to be whole before anything is done
QUIET_TIMEOUT = 30.0  # seconds for the probes to run and to be good: connections have to be made
POWER_CUT = "power-cut"
SWITCHED_OFF = (POWER_CUT, "reboot", "shutdown")
CLIENTS = ("fresh", "kept", "watch")
# what has to be probed well before anything is done; a pod asks once the lab's Service stands
READY = ("fresh", "kept", "watch", "write")


@dataclass(frozen=True)
class Bench:
    """A lab and all that a measurement needs of it; task is what the probing process does."""

    lab: Lab
    api: Api
    on: On
    task: Task


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

    def inject(self, fault: str, target: str, *, lasting: float | None = None) -> Injection:
        """Do the fault; the first one's moment is the measurement's."""
        done = inject(self.bench.lab, fault, target, lasting=lasting)
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

    def await_good(self, kinds: Sequence[str] = CLIENTS, *, quiet: float, timeout: float) -> None:
        """Wait until all these probes have been good for quiet seconds since the last thing that
        was noted; a problem if they are not within timeout."""
        begin = max(event.at for event in self.events)

        def look() -> None:
            for kind in kinds:
                samples = list(self.seen.samples.get(kind, []))
                good = analysis.good_for(samples, begin, time.monotonic())
                if good < quiet:
                    raise NotYet(f"{kind}: good for {good:.1f} s")

        self._within(f"{', '.join(kinds)} good for {quiet:g} s", look, timeout)

    def await_whole(self, timeout: float = whole.HEAL_TIMEOUT) -> None:
        """Wait until the lab is whole; a problem if it is not within timeout."""
        bench = self.bench
        offset = time.time() - time.monotonic()
        booted = {name: at + offset for name, at in self.off().items()}
        look = partial(whole.look, bench.lab, bench.api, bench.on, booted)
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


@contextmanager
def observing(bench: Bench) -> Iterator[Observation]:
    """Watch a lab that is whole, with a quiet base line before the block runs.

    Faults are healed in the end, whatever happened. Raises HarnessError when the lab is not whole
    beforehand, or when the suite's own probes do not run.
    """
    _precondition(bench)
    try:
        with outside.watching(bench.task) as seen:
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
            written.remove(bench.api)


def _precondition(bench: Bench) -> None:
    try:
        what = "a whole lab with the VIP on its first master"
        whole.await_whole(bench.lab, bench.api, bench.on, what=what, timeout=PRECONDITION)
        written.begin(bench.api)
    except (LabgenError, *FAILURES) as error:
        raise HarnessError(f"nothing was done to the lab, it is not whole: {error}") from error


def _await_quiet(observation: Observation) -> None:
    """A base line: every state is known, and nothing fails before anything is done."""
    seen, masters = observation.seen, set(observation.bench.task.masters)

    def known() -> None:
        missing = {kind for kind in READY if kind not in seen.samples}
        missing |= masters - {change.subject for change in seen.changes if change.lane == LANE}
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
        return written.lost(api, acknowledged)
    except FAILURES as error:
        observation.problems.append(f"what was written cannot be read: {error}")
        return None
