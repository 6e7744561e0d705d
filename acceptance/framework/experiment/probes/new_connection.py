"""A client that opens a TLS connection for each request, as `curl` or a new kubectl does.

With ECDSA P-256 a handshake takes about 2 ms of this process and 1 ms of the API server (measured
on the two cores of docs/reference/measurements.md).
"""

import asyncio
import ssl
from dataclasses import dataclass

from acceptance.framework.experiment.probes.http1 import Answer, exchange, good, request
from acceptance.framework.experiment.probes.open_loop import Probe

# Seconds. A connection whose SYN is lost is made at the kernel's next attempts, after 1 s and 3 s:
# a client that waits for them gets an answer, and how slow it was has to be seen.
TIMEOUT = 5.0


@dataclass(frozen=True)
class Endpoint:
    """The address of an API, and how to reach it."""

    host: str
    port: int
    context: ssl.SSLContext
    name: str = ""  # the name in its certificate, where that is not the host

    @property
    def authority(self) -> str:
        return f"{self.host}:{self.port}"


async def ask(
    endpoint: Endpoint, method: str, path: str, body: bytes = b"", kind: str = "application/json"
) -> Answer:
    """Send one request over a new connection; any status is an answer.

    Raises OSError, EOFError or ProbeFailed.
    """
    reader, writer = await asyncio.open_connection(
        endpoint.host,
        endpoint.port,
        ssl=endpoint.context,
        server_hostname=endpoint.name or endpoint.host,
    )
    try:
        wanted = request(endpoint.authority, method, path, body, kind)
        return await exchange(reader, writer, wanted, body)
    finally:
        writer.transport.abort()


def https(endpoint: Endpoint, path: str) -> Probe:
    """Return a probe that requests path; status 200 with a complete body is a good answer."""

    async def probe() -> None:
        good(await ask(endpoint, "GET", path))

    return probe
