"""Pods on the workers that repeatedly query a Service.

The pods run agnhost: on an HTTP request to dial an address, it returns the response. The request to
the pod goes through its worker's sshd, so the result depends only on the path from the pod to the
Service. It takes one ssh per worker, and no process on the machines.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from acceptance.framework.experiment.probes.failures import ProbeFailed
from acceptance.framework.experiment.probes.http1 import exchange, good, request
from acceptance.framework.experiment.probes.open_loop import Probe

OPEN = 10.0  # seconds for ssh to connect
GONE = 2.0  # seconds for ssh to end after SIGTERM


@asynccontextmanager
async def forwarded(ssh_config: Path, machine: str, to: str, socket: Path) -> AsyncIterator[None]:
    """Forward connections from the Unix socket to the address `to`, as the machine reaches it."""
    options = ["-o", "ControlMaster=no", "-o", "ControlPath=none", "-o", "ExitOnForwardFailure=yes"]
    words = ["-F", str(ssh_config), *options, "-N", "-L", f"{socket}:{to}", machine]
    process = await asyncio.create_subprocess_exec(
        "ssh", *words, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await _there(socket)
        yield
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await asyncio.wait_for(process.wait(), GONE)


async def _there(socket: Path) -> None:
    async with asyncio.timeout(OPEN):
        while not socket.exists():
            await asyncio.sleep(0.02)


def probe(socket: Path, service: str, port: int) -> Probe:
    """Return a probe: the pod behind the socket requests a host name from the Service."""
    path = f"/dial?host={service}&port={port}&protocol=http&request=hostname"
    wanted = request("pod", "GET", path)

    async def ask() -> None:
        reader, writer = await asyncio.open_unix_connection(str(socket))
        try:
            answer = good(await exchange(reader, writer, wanted))
        finally:
            writer.transport.abort()
        found = json.loads(answer.body)
        if not found.get("responses"):
            raise ProbeFailed(_reason(found.get("errors", [])))

    return ask


def _reason(errors: list[str]) -> str:
    """Return a word for the pod's error, from Go's message."""
    text = " ".join(errors)
    words = {"refused": "refused", "no route": "unreachable", "imeout": "timeout", "reset": "reset"}
    return next((word for part, word in words.items() if part in text), "no answer")
