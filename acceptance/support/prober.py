"""The prober: one question asked again and again, open loop.

Each probe starts at its own tick, however slow the answers before it were: a stalled server
cannot slow down the clock it is measured with (coordinated omission).
"""

import asyncio
import errno
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

# Returns when the answer is good, raises OSError, EOFError or WrongAnswer when it is not.
Probe = Callable[[], Awaitable[None]]


class WrongAnswer(Exception):
    """An HTTP answer came, but not a good one."""


@dataclass(frozen=True)
class Sample:
    """One probe; times as of time.monotonic(), in seconds. failure is its kind, None is good."""

    started: float
    ended: float
    failure: str | None


@contextmanager
def probing(probe: Probe, *, hz: float, timeout: float) -> Iterator[list[Sample]]:
    """Probe while the block runs; the list holds every sample once the block has ended.

    hz is probes a second, timeout the seconds after which a probe has failed. Samples stand in
    the order in which they ended.
    """
    samples: list[Sample] = []
    stop = threading.Event()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="prober") as pool:
        running = pool.submit(lambda: asyncio.run(_run(probe, hz, timeout, stop, samples)))
        try:
            yield samples
        finally:
            stop.set()
        running.result()


def https(host: str, port: int, path: str, context: ssl.SSLContext) -> Probe:
    """GET path over a TLS connection made for this probe; 200 with its whole body is good."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode()

    async def probe() -> None:
        reader, writer = await asyncio.open_connection(host, port, ssl=context)
        try:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            await reader.readexactly(_content_length(head))
        finally:
            writer.transport.abort()
        status = head.split(" ", 2)[1]
        if status != "200":
            raise WrongAnswer(f"status {status}")

    return probe


def tcp(host: str, port: int) -> Probe:
    """A SYN to a port; any answer of the machine is good, also that nothing listens there."""

    async def probe() -> None:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except ConnectionRefusedError:
            return
        writer.transport.abort()

    return probe


async def _run(
    probe: Probe, hz: float, timeout: float, stop: threading.Event, samples: list[Sample]
) -> None:
    begun = time.monotonic()
    async with asyncio.TaskGroup() as probes:
        for number in count():
            await asyncio.sleep(begun + number / hz - time.monotonic())
            if stop.is_set():
                break
            probes.create_task(_once(probe, timeout, samples))


async def _once(probe: Probe, timeout: float, samples: list[Sample]) -> None:
    started = time.monotonic()
    failure = None
    try:
        async with asyncio.timeout(timeout):
            await probe()
    except (OSError, EOFError, WrongAnswer) as error:
        failure = kind(error)
    samples.append(Sample(started, time.monotonic(), failure))


def kind(error: Exception) -> str:
    """A word for what a client met."""
    words: dict[type[Exception], str] = {
        WrongAnswer: str(error),
        TimeoutError: "timeout",
        ConnectionRefusedError: "refused",
        ConnectionResetError: "reset",
        ssl.SSLCertVerificationError: "certificate",
        ssl.SSLError: "tls",
        EOFError: "cut short",
    }
    for exception, word in words.items():
        if isinstance(error, exception):
            return word
    unreachable = (errno.EHOSTUNREACH, errno.ENETUNREACH)
    return "unreachable" if getattr(error, "errno", 0) in unreachable else type(error).__name__


def _content_length(head: str) -> int:
    for line in head.splitlines():
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0
