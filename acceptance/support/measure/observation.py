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
from acceptance.support.probes.task import Task
from labgen.faults import FAULTS, Injection, heal, inject
from labgen.lab.lab import Lab
from labgen.report.errors import LabgenError
from labgen.report.recording import Event
from labgen.system.wait import NotYet, until

BEFORE = 2.0  # seconds of quiet before the fault, as the base line
PRECONDITION = 60.0  # seconds for the lab to be whole before anything is done
PROBES = 15.0  # seconds for the probes to run: ssh connections have to be made
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
    lost: list[int] = field(default_factory=list)

    def note(self, text: str, at: float | None = None) -> None:
        """Something happened, now unless told otherwise."""
        self.events.append(Event(time.monotonic() if at is None else at, text))

    def inject(self, fault: str, target: str | None = None) -> Injection:
        """Do the fault; the first one's moment is the measurement's."""
        done = inject(self.bench.lab, fault, target)
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
        """Wait until all these probes have been good for quiet seconds; a problem if they are not
        within timeout."""

        def look() -> None:
            now = time.monotonic()
            for kind in kinds:
                good = analysis.good_since(list(self.seen.samples.get(kind, [])), now)
                if good < quiet:
                    raise NotYet(f"{kind}: good for {good:.1f} s")

        self._within(f"{', '.join(kinds)} good for {quiet:g} s", look, timeout)

    def await_whole(self, timeout: float = whole.HEAL_TIMEOUT) -> None:
        """Wait until the lab is whole; a problem if it is not within timeout."""
        bench = self.bench
        offset = time.time() - time.monotonic()
        booted = {name: at + offset for name, at in self.taken_away().items()}
        look = partial(whole.look, bench.lab, bench.api, bench.on, booted)
        if self._within("the lab whole again", look, timeout):
            self.healed = time.monotonic()
            self.note("the lab is whole")

    def taken_away(self) -> dict[str, float]:
        """The machines that lost their power or were frozen, and when for the last time."""
        return {
            name: injection.moment
            for injection in self.injections
            if FAULTS[injection.fault].way.from_host
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
            _await_probes(seen)
            observation.begun = time.monotonic()
            time.sleep(BEFORE)
            _ensure_quiet(observation)
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


def _await_probes(seen: Seen) -> None:
    def look() -> None:
        missing = [kind for kind in READY if not seen.samples.get(kind)]
        if missing or not seen.changes:
            raise NotYet(f"no sample of {', '.join(missing) or 'states'}")

    try:
        until(look, what="the first samples", timeout=PROBES, interval=0.05)
    except LabgenError as error:
        raise HarnessError(f"the probes do not run: {error}") from error


def _ensure_quiet(observation: Observation) -> None:
    """Nothing may fail before anything is done."""
    for kind, samples in observation.seen.samples.items():
        ended = analysis.begun(list(samples), observation.begun, time.monotonic())
        bad = analysis.kinds(ended)
        if bad or not ended:
            raise HarnessError(f"before anything was done, {kind} probes failed: {bad or 'none'}")


def _lost(observation: Observation, api: Api, acknowledged: Sequence[int]) -> list[int]:
    try:
        return written.lost(api, acknowledged)
    except FAILURES as error:
        observation.problems.append(f"what was written cannot be read: {error}")
        return list(acknowledged)
