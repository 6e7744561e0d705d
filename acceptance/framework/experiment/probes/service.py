"""Pods on the workers that ask a Service, again and again.

The pods are agnhost's: told over HTTP to dial an address, one answers with what it heard. It is
told through a forwarding of its worker's sshd, so that an answer depends on the way from the pod
to the Service and on nothing else. One ssh a worker, and no process on the machines.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from acceptance.framework.experiment.probes.failures import ProbeFailed
from acceptance.framework.experiment.probes.new_connection import good, read_answer, request
from acceptance.framework.experiment.probes.open_loop import Probe

OPEN = 10.0  # seconds for ssh to connect
GONE = 2.0  # seconds for ssh to end once it was told to
KIND = "application/json"


@asynccontextmanager
async def forwarded(ssh_config: Path, machine: str, to: str, socket: Path) -> AsyncIterator[None]:
    """Have connections to the Unix socket go to the address `to`, as the machine reaches it."""
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
    """Have the pod behind the socket ask the Service for a host name."""
    path = f"/dial?host={service}&port={port}&protocol=http&request=hostname"
    asked = request("pod", "GET", path, b"", KIND)

    async def ask() -> None:
        reader, writer = await asyncio.open_unix_connection(str(socket))
        try:
            writer.write(asked)
            heard = json.loads(good(await read_answer(reader)).body)
        finally:
            writer.transport.abort()
        if not heard.get("responses"):
            raise ProbeFailed(_reason(heard.get("errors", [])))

    return ask


def _reason(errors: list[str]) -> str:
    """A word for what the pod met, from Go's message."""
    text = " ".join(errors)
    words = {"refused": "refused", "no route": "unreachable", "imeout": "timeout", "reset": "reset"}
    return next((word for part, word in words.items() if part in text), "no answer")
