"""Run kubectl while the VIP holder loses its power: commands already open, and commands started
afterwards."""

import math
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from acceptance.framework.clients import kubectl, persistent_client
from acceptance.framework.clients.kubectl import Stream
from acceptance.framework.clients.persistent_client import Talk
from acceptance.framework.experiment import steady_state
from acceptance.framework.workloads import kubectl_ops
from acceptance.framework.workloads.kubectl_ops import LOOPBACK, Operation, Pod
from labgen.cluster import vip
from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.system.parallel import gather
from labgen.system.process import run
from labgen.system.wait import NotYet, until

POWER = 180.0  # seconds for labgen start or stop
DARK = 30.0  # seconds until a machine whose plug is pulled is silent
OPERATION = 60.0  # seconds in which an operation has to work, tried again and again
BROKEN = 90.0  # seconds until every open stream has ended
DISCARD = 9  # a port on which nothing listens: a machine with power refuses immediately
REFUSAL = 0.1  # seconds that a refusal takes, at most
REFUSAL_ELSEWHERE = 1.0  # the same on the way through another host


@dataclass(frozen=True)
class Begun:
    """A command started after the power cut: seconds until it succeeded, and failed attempts.

    usual is its duration in quiet times, when it runs concurrently with the others.
    """

    seconds: float
    usual: float
    failures: tuple[str, ...]


@dataclass(frozen=True)
class Open:
    """A command that was open: seconds after the cut until it ended, None if it never did."""

    ended: float | None
    exit_code: int | None
    last_words: str


@dataclass(frozen=True)
class Interrupted:
    """The observations, by the name of the command. talk is the connection through the forwarded
    port."""

    begun: dict[str, Begun]
    open: dict[str, Open]
    talk: Open


def measure(lab: Lab, pod: Pod, directory: Path) -> Interrupted:
    """Cut the holder's power while streams are open, run the commands, and restore the steady
    state.

    The pod is on another machine. Raises LabgenError if the lab is not healthy before or does not
    recover.
    """
    steady_state.await_steady_state(lab, what="a healthy lab", timeout=30)
    [holder] = vip.holders(access.ssh_client(lab), lab, lab.control_planes)
    todo = kubectl_ops.all_of(pod, directory)
    usual = _side_by_side(todo)
    try:
        with _streams(pod) as (streams, talk):
            with _cutting(lab, lab.machine(holder)) as cut:
                took = _side_by_side(todo)
            _await_end(streams, talk)
            seen = {name: _seen(stream, cut) for name, stream in streams.items()}
    finally:
        _labgen("start", lab.name, holder)
    steady_state.await_steady_state(lab, what="the lab healing", timeout=steady_state.HEAL_TIMEOUT)
    begun = {name: Begun(took[name][0], usual[name][0], took[name][1]) for name in todo}
    return Interrupted(begun, seen, Open(_after(talk.ended, cut), None, talk.failure))


def _side_by_side(todo: dict[str, Operation]) -> dict[str, tuple[float, tuple[str, ...]]]:
    """Run all commands concurrently; return the seconds until each succeeded, and its failures
    before that."""
    return gather(
        {name: partial(_until_it_works, name, operation) for name, operation in todo.items()}
    )


def _until_it_works(name: str, operation: Operation) -> tuple[float, tuple[str, ...]]:
    """Return the seconds until the command succeeds, infinity if it never does."""
    failures: list[str] = []
    begin = time.monotonic()

    def attempt() -> None:
        try:
            operation()
        except (LabgenError, AssertionError, OSError) as error:
            failures.append(str(error))
            raise NotYet(str(error)) from error

    try:
        until(attempt, what=f"kubectl {name}", timeout=OPERATION)
    except LabgenError:
        return math.inf, tuple(failures)
    return time.monotonic() - begin, tuple(failures)


@contextmanager
def _streams(pod: Pod) -> Iterator[tuple[dict[str, Stream], Talk]]:
    """Yield exec, logs -f and port-forward, open and in use."""
    commands = {
        "exec": pod.executing(kubectl_ops.COUNT),
        "logs -f": pod.following(),
        "port-forward": pod.forwarding(),
    }
    with ExitStack() as stack:
        streams = {
            name: stack.enter_context(kubectl.begun(pod.lab, *words))
            for name, words in commands.items()
        }
        port = kubectl_ops.forwarded_port(streams["port-forward"])
        talk = stack.enter_context(persistent_client.talking(LOOPBACK, port))
        for name in ("exec", "logs -f"):
            streams[name].await_lines(3)
        until(lambda: _answered(talk), what="an answer through the port", timeout=10)
        yield streams, talk


@contextmanager
def _cutting(lab: Lab, victim: Machine) -> Iterator[float]:
    """Cut the victim's power; the block runs once the machine is silent."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        stopping = pool.submit(_labgen, "stop", lab.name, victim.name, "--now")
        until(partial(_dark, lab, victim), what="silence", timeout=DARK, interval=0.02)
        yield time.monotonic()
        stopping.result()


def _dark(lab: Lab, victim: Machine) -> None:
    """Raise NotYet while the machine answers. Behind a jump host, a refusal arrives as the end of
    the forwarded connection."""
    address = (access.local_endpoint(lab, victim.address, DISCARD), DISCARD)
    timeout = REFUSAL_ELSEWHERE if lab.jump else REFUSAL
    try:
        with socket.create_connection(address, timeout=timeout) as connection:
            connection.recv(1)
    except (ConnectionRefusedError, ConnectionResetError):
        raise NotYet("the machine still answers") from None
    except OSError:
        return
    raise NotYet("the machine still answers")


def _await_end(streams: dict[str, Stream], talk: Talk) -> None:
    """Wait until all have ended, at most for the given limit."""

    def look() -> None:
        left = [name for name, stream in streams.items() if stream.ended is None]
        if left or talk.ended is None:
            raise NotYet(", ".join(left))

    try:
        until(look, what="the end of all streams", timeout=BROKEN)
    except LabgenError:
        return  # the observations show what has not ended


def _seen(stream: Stream, cut: float) -> Open:
    return Open(_after(stream.ended, cut), stream.exit_code, stream.lines[-1][1])


def _after(moment: float | None, cut: float) -> float | None:
    return None if moment is None else moment - cut


def _answered(talk: Talk) -> None:
    if not talk.answers:
        raise NotYet(talk.failure or "none yet")


def _labgen(*words: str) -> None:
    run([sys.executable, "-m", "labgen", *words], timeout=POWER)
