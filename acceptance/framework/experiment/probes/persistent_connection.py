"""A client as client-go is one: all requests share one kept connection.

The first request that finds none dials; those that come meanwhile wait for the same attempt. It
takes at most 30 s, and giving up on one request does not end it (k8s.io/client-go,
transport/cache.go: Dialer.Timeout).
"""

import asyncio
from collections.abc import Awaitable, Callable

from acceptance.framework.experiment.probes.failures import FAILURES, ProbeFailed
from acceptance.framework.experiment.probes.http1 import Answer, good
from acceptance.framework.experiment.probes.http2 import Connection, OnData
from acceptance.framework.experiment.probes.open_loop import Probe

DIAL = 30.0  # seconds; see above
# Of three servers in turn, that many connections miss one by chance in one of 200,000 runs.
ATTEMPTS = 30

Dial = Callable[[], Awaitable[Connection]]


class Client:
    """Requests over the one connection that dial makes whenever there is none."""

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
        """See Connection.request; dialling may fail too."""
        connection = await self._connection()
        return await connection.request(method, path, body=body, fields=fields, on_data=on_data)

    def close(self) -> None:
        """End the connection, if there is one; the next request dials."""
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
    """GET path over the client's connection; 200 with its whole body is good."""

    async def ask() -> None:
        good(await client.request("GET", path))

    return ask


def beginning_at(address: str, dial: Dial) -> Dial:
    """dial, but the first connection is one to the API server of that address.

    Behind a load balancer nobody can choose; the certificate tells where one has come. Dialling
    raises ProbeFailed when no connection leads there.
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
        raise ProbeFailed(f"no connection leads to {address}")

    return choosing


def _useless(task: asyncio.Task[Connection]) -> bool:
    """Whether the attempt has failed, or the connection it made has ended."""
    if not task.done():
        return False
    if task.cancelled():
        return True
    error = task.exception()
    if error is not None and not isinstance(error, FAILURES):
        raise error
    return error is not None or not task.result().usable
