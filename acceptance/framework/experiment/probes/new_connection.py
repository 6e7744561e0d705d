"""A TLS connection for each question, as `curl` or a new kubectl makes it; and a bare SYN.

What it costs: with ECDSA P-256 a handshake takes about 2 ms of this process and 1 ms of the API
server (measured on the two cores of docs/reference/measurements.md).
"""

import asyncio
import ssl
from dataclasses import dataclass

from acceptance.framework.experiment.probes.failures import ProbeFailed
from acceptance.framework.experiment.probes.open_loop import Probe


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


@dataclass(frozen=True)
class Endpoint:
    """Where an API listens and how it is spoken to. name is what its certificate is for, where that
    is not the host."""

    host: str
    port: int
    context: ssl.SSLContext
    name: str = ""

    @property
    def authority(self) -> str:
        return f"{self.host}:{self.port}"


async def ask(
    endpoint: Endpoint, method: str, path: str, body: bytes = b"", kind: str = "application/json"
) -> Answer:
    """One request over a connection made for it; any status is an answer.

    Raises OSError or EOFError.
    """
    reader, writer = await asyncio.open_connection(
        endpoint.host,
        endpoint.port,
        ssl=endpoint.context,
        server_hostname=endpoint.name or endpoint.host,
    )
    try:
        writer.write(request(endpoint.authority, method, path, body, kind))
        return await read_answer(reader)
    finally:
        writer.transport.abort()


def request(authority: str, method: str, path: str, body: bytes, kind: str) -> bytes:
    """The bytes of an HTTP/1.1 request after which the server closes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {authority}", "Connection: close"]
    if body:
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """The answer to such a request: of a known length, or up to the connection's end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    fields = dict(_fields(head))
    if "content-length" in fields:
        body = await reader.readexactly(int(fields["content-length"]))
    elif fields.get("transfer-encoding") == "chunked":
        body = await _chunks(reader)
    else:
        body = await reader.read()
    return Answer(int(head.split(" ", 2)[1]), body)


def good(answer: Answer) -> Answer:
    """The answer, when its status is 200."""
    if answer.status != 200:
        raise ProbeFailed(f"status {answer.status}")
    return answer


def https(endpoint: Endpoint, path: str) -> Probe:
    """GET path; 200 with its whole body is good."""

    async def probe() -> None:
        good(await ask(endpoint, "GET", path))

    return probe


def _fields(head: str) -> list[tuple[str, str]]:
    pairs = (line.partition(":") for line in head.splitlines()[1:])
    return [(name.strip().lower(), value.strip().lower()) for name, _, value in pairs]


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return body
