"""`python -m benchmarks.classes single:6 ha-3x0:3`: how long a class takes, and what it costs."""

import argparse
import re
import signal
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks import idle
from benchmarks.command import Labgen, uninterrupted
from labgen.classes import store as classes
from labgen.console import Console, print_table
from labgen.errors import LabgenError
from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.providers.optional import MemoryUse
from labgen.providers.registry import provider
from labgen.system import interrupt
from labgen.up.bring_up import UNCHANGED

DESCRIPTION = """\
Bring up a class of each size, measure it, and remove it. The bundle must be ready. Memory and
processor time are those of the machines' own control groups; seconds need a host on which nothing
else runs.

Left out: what learners do (each terminal, each kubectl, each workload takes its own), exercises,
what labgen itself and the kernel take, and what a class takes after hours, when etcd's log has
grown.
"""
SETTLE = 30.0  # seconds: after `up`, leases, caches and probes are still busy
IDLE = 60.0  # seconds over which idle seats are observed
AT_A_TIME = 6  # machines that are read concurrently
SEAT = re.compile(r"^ +done +\d+/\d+ +\S+ +([\d.]+) s$", re.MULTILINE)  # what `class up` prints
HEADINGS = ("CLASS", "FIGURE", "VALUE", "UNIT")


@dataclass(frozen=True)
class Wanted:
    """A class to be measured."""

    scenario: str
    seats: int
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the name of the class, which no user's class has by accident."""
        return "bench-class"

    def __str__(self) -> str:
        return f"{self.scenario}:{self.seats}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of each class, and return the exit code."""
    options = _parser().parse_args(arguments)
    for number in interrupt.SIGNALS:
        signal.signal(number, signal.default_int_handler)
    more = [word for override in options.overrides for word in ("-s", override)]
    more += ["--at-a-time", str(options.at_a_time)] if options.at_a_time else []
    try:
        for text in options.classes:
            scenario, _, seats = text.rpartition(":")
            wanted = Wanted(scenario, int(seats), tuple(more))
            Console().say(f"{wanted}: begins")
            rows = measure(Labgen(sys.executable), wanted)
            print_table(HEADINGS, [(str(wanted), *row) for row in rows], right={2})
    except LabgenError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return interrupt.Interrupted.exit_code
    return 0


def measure(labgen: Labgen, wanted: Wanted) -> list[tuple[str, str, str]]:
    """Measure one class; it does not exist before and after. Return name, value and unit of each
    figure. Raises LabgenError when a command fails."""
    if wanted.name in {it["name"] for it in labgen.data("class", "list")}:
        again = f"labgen class down {wanted.name}"
        raise LabgenError(f"a class {wanted.name} exists", hint=again)
    words = ("class", "up", wanted.scenario, "--seats", str(wanted.seats), "--name", wanted.name)
    try:
        rows = _of_class(labgen, wanted, words)
    except BaseException:
        with uninterrupted():
            labgen.succeeds("class", "down", wanted.name)
        raise
    with uninterrupted():
        down = labgen.timed("class", "down", wanted.name)
    return [*rows, ("down", f"{down:.1f}", "s")]


def _of_class(labgen: Labgen, wanted: Wanted, words: Sequence[str]) -> list[tuple[str, str, str]]:
    forecast = labgen.data("class", "plan", *words[2:], *wanted.options)
    seconds, said = labgen.timed_with_messages(*words, *wanted.options)
    each = [float(it) for it in SEAT.findall(said)]
    first = each[0] if forecast["scratch"] and each else 0.0
    warm = wanted.seats - bool(first)
    labs = [store.load(name) for name in classes.load(wanted.name).labs]
    used = sum(it.total for it in _read(labgen, labs))
    again, said = labgen.timed_with_messages("class", "up", wanted.name)
    if UNCHANGED not in said:
        raise LabgenError("a second `labgen class up` changed something", last_seen=said)
    time.sleep(SETTLE)
    before = _read(labgen, labs)
    time.sleep(IDLE)
    after = _read(labgen, labs)
    pairs = zip(before, after, strict=True)
    idles = sum((it.total - early.total) / (it.moment - early.moment) for early, it in pairs)
    memory = _memory(labs)
    status = labgen.timed("class", "status", wanted.name)
    per_seat = (seconds - first) / max(1, warm)
    return [
        ("forecast", f"{forecast['seconds']:.1f}", "s"),
        ("up", f"{seconds:.1f}", "s"),
        ("up: first seat, from scratch", f"{first:.1f}", "s"),
        ("up: all others, by their number", f"{per_seat:.1f}", "s"),
        ("up: slowest of the others", f"{max(each[bool(first) :], default=0.0):.1f}", "s"),
        ("up: processors, each seat", f"{used / wanted.seats:.1f}", "core-seconds"),
        ("up again", f"{again:.1f}", "s"),
        ("memory, all seats", f"{memory / 1024:.2f}", "GiB"),
        ("memory, each seat", f"{memory / wanted.seats:.0f}", "MiB"),
        ("idle, all seats", f"{idles:.2f}", "cores"),
        ("idle, each seat", f"{idles / wanted.seats:.3f}", "cores"),
        ("status", f"{status:.1f}", "s"),
    ]


def _read(labgen: Labgen, labs: Sequence[Lab]) -> list[idle.Reading]:
    """Return what each machine has used so far, by the account of its own control group."""
    machines = [(lab.name, machine.name) for lab in labs for machine in lab.machines]

    def read(machine: tuple[str, str]) -> idle.Reading:
        return idle.parse(labgen.output("exec", *machine, "--", "sh", "-c", idle.READ))

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return list(pool.map(read, machines))


def _memory(labs: Sequence[Lab]) -> int:
    """Return the MiB that all machines use."""
    machines = provider(labs[0].provider)
    if not isinstance(machines, MemoryUse):
        return 0
    return sum(machines.memory_used(lab) or 0 for lab in labs)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.classes",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("classes", nargs="+", metavar="SCENARIO:SEATS", type=_class)
    parser.add_argument("-s", dest="overrides", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--at-a-time", type=int, metavar="N", help="seats that come up at a time")
    return parser


def _class(text: str) -> str:
    """Return the text if it is a scenario and a number."""
    scenario, _, seats = text.rpartition(":")
    if not scenario or not seats.isdigit():
        raise argparse.ArgumentTypeError(f"expected SCENARIO:SEATS, for example single:6: {text}")
    return text


if __name__ == "__main__":
    sys.exit(main())
