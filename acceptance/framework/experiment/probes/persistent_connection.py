"""A client that behaves like client-go: all requests share one persistent connection.

The first request without a connection dials; later requests wait for the same attempt. It takes at
most 30 s, and cancelling one request does not end it (k8s.io/client-go, transport/cache.go:
Dialer.Timeout).
"""

import asyncio
from collections.abc import Awaitable, Callable

from acceptance.framework.experiment.probes.failures import FAILURES, ProbeFailed
from acceptance.framework.experiment.probes.http1 import Answer, good
from acceptance.framework.experiment.probes.http2 import Connection, OnData
from acceptance.framework.experiment.probes.open_loop import Probe

DIAL = 30.0  # seconds; see above
# With three servers in turn, so many connections miss one of them in one of 200,000 runs.
ATTEMPTS = 30

Dial = Callable[[], Awaitable[Connection]]


class Client:
    """A client with one connection. dial opens it whenever there is none."""

    def __init__(self, dial: Dial) -> None:
        self._dial = dial
        self._dialling: asyncio.Task[Connection] | None = None

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        fields: tuple[tuple[str, str], ...] = (),
        on_data: OnData | None = None,
    ) -> Answer:
        """Send a request; see Connection.request. Opening the connection may fail, too."""
        connection = await self._connection()
        return await connection.request(method, path, body=body, fields=fields, on_data=on_data)

    def close(self) -> None:
        """Close the connection, if there is one; the next request dials."""
        task, self._dialling = self._dialling, None
        if task is None:
            return
        if not task.done():
            task.cancel()
        elif not task.cancelled() and task.exception() is None:
            task.result().close()

    async def _connection(self) -> Connection:
        if self._dialling is None or _useless(self._dialling):
            self._dialling = asyncio.create_task(self._dial_in_time())
        return await asyncio.shield(self._dialling)

    async def _dial_in_time(self) -> Connection:
        async with asyncio.timeout(DIAL):
            return await self._dial()


def probe(client: Client, path: str) -> Probe:
    """Return a probe that requests path over the client's connection; status 200 is good."""

    async def ask() -> None:
        good(await client.request("GET", path))

    return ask


def beginning_at(address: str, dial: Dial) -> Dial:
    """Return a dial whose first connection ends at the API server of that address.

    A client cannot choose a server behind a load balancer; the server's certificate shows where a
    connection ends. Dialling raises ProbeFailed if no connection reaches that API server.
    """
    arrived = False

    async def choosing() -> Connection:
        nonlocal arrived
        for _ in range(ATTEMPTS):
            connection = await dial()
            arrived = arrived or connection.is_of(address)
            if arrived:
                return connection
            connection.close()
        raise ProbeFailed(f"no connection reaches {address}")

    return choosing


def _useless(task: asyncio.Task[Connection]) -> bool:
    """Return whether the attempt has failed, or its connection has ended."""
    if not task.done():
        return False
    if task.cancelled():
        return True
    error = task.exception()
    if error is not None and not isinstance(error, FAILURES):
        raise error
    return error is not None or not task.result().usable
