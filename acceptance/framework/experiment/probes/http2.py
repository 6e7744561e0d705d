"""One HTTP/2 connection over TLS with many requests on it, by the library h2.

A connection that ends fails all its requests immediately. A silent one is treated as client-go
treats it: it is pinged after 30 s without a frame, and closed after 15 s more without an answer
(k8s.io/apimachinery, pkg/util/net/http.go: SendPingTimeout and PingTimeout). Unlike with client-go,
requests under way fail when the server sends GOAWAY: h2 accepts no more frames then. An API server
that shuts down has answered nearly all requests by that time.
"""

import asyncio
import errno
import ipaddress
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    PingAckReceived,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import ProtocolError, TooManyStreamsError

from acceptance.framework.experiment.probes.failures import ProbeFailed, kind
from acceptance.framework.experiment.probes.http1 import Answer
from acceptance.framework.experiment.probes.new_connection import Endpoint

ALPN = "h2"
READ_IDLE = 30.0  # seconds; see above
PING = 15.0  # seconds; see above
HANDSHAKE = 10.0  # seconds; Go's http.DefaultTransport, which client-go takes over
# Local ports, below those that kernels assign (ip_local_port_range). New connections use those up
# in a minute, and a machine that had the VIP remembers each for as long. When the VIP is back,
# such a memory would answer a persistent connection from the same port, instead of a reset.
PORTS = range(20_000, 30_000)
TRIES = 20
WINDOW = 2**20  # bytes that the server may send ahead: a watch never waits for this client

OnData = Callable[[bytes], None]


@dataclass
class _Exchange:
    """A request and the part of its answer that has arrived; data goes to on_data, if there is
    one."""

    answer: asyncio.Future[Answer]
    on_data: OnData | None
    status: int = 0
    body: bytearray = field(default_factory=bytearray)


class Connection(asyncio.Protocol):
    """The client's side of one connection; open_connection() creates it."""

    def __init__(self, authority: str, *, read_idle: float, ping: float) -> None:
        self._authority = authority
        self._read_idle = read_idle
        self._ping = ping
        self._loop = asyncio.get_running_loop()
        self._http = H2Connection(
            H2Configuration(
                client_side=True,
                # an API server needs no such checks, and they cost a third of a request
                validate_outbound_headers=False,
                normalize_outbound_headers=False,
                validate_inbound_headers=False,
            )
        )
        self._exchanges: dict[int, _Exchange] = {}
        self._transport: asyncio.Transport | None = None
        self._last_frame = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self.usable = False

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        fields: tuple[tuple[str, str], ...] = (),
        on_data: OnData | None = None,
    ) -> Answer:
        """Send a request and return the complete answer.

        With on_data, data is passed on as it arrives, and the body is empty. Cancelling resets the
        stream (RST_STREAM) and keeps the connection. Raises ProbeFailed or OSError if the
        connection ends first.
        """
        if not self.usable:
            raise ProbeFailed("closed")
        try:
            number = self._http.get_next_available_stream_id()
            self._http.send_headers(number, self._head(method, path, fields), end_stream=not body)
            if body:
                self._http.send_data(number, body, end_stream=True)
        except TooManyStreamsError as error:  # the server allows no more at a time
            raise ProbeFailed("no free stream") from error
        except ProtocolError as error:
            raise ProbeFailed("protocol") from error
        exchange = _Exchange(self._loop.create_future(), on_data)
        self._exchanges[number] = exchange
        self._flush()
        try:
            return await exchange.answer
        except asyncio.CancelledError:
            self._reset(number)
            raise
        finally:
            self._exchanges.pop(number, None)

    def close(self, why: str = "closed") -> None:
        """Close the connection; all its requests fail."""
        self._end(ProbeFailed(why))
        if self._transport:
            self._transport.abort()

    def is_of(self, address: str) -> bool:
        """Return whether the server's certificate names that IP address."""
        certificate = self._transport.get_extra_info("peercert") if self._transport else None
        return ("IP Address", address) in (certificate or {}).get("subjectAltName", ())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast("asyncio.Transport", transport)
        self._http.initiate_connection()
        self._http.increment_flow_control_window(WINDOW)
        self._flush()
        self.usable = True
        self._listen()

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self._last_frame = self._loop.time()
        try:
            events = self._http.receive_data(data)
        except ProtocolError:
            self.close("protocol")
            return
        for event in events:
            if self.usable:
                self._take(event)
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._end(ProbeFailed(kind(exc) if exc else "closed"))

    def _head(
        self, method: str, path: str, fields: tuple[tuple[str, str], ...]
    ) -> list[tuple[str, str]]:
        pseudo = [(":method", method), (":scheme", "https")]
        return [*pseudo, (":authority", self._authority), (":path", path), *fields]

    def _take(self, event: Event) -> None:
        if isinstance(event, ConnectionTerminated):
            self.close("goaway")
            return
        if isinstance(event, DataReceived):
            # also of a request that was taken back: the window is the connection's
            self._http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        exchange = self._exchanges.get(getattr(event, "stream_id", 0))
        if isinstance(event, PingAckReceived):
            self._listen()
        elif exchange is None:
            return
        elif isinstance(event, ResponseReceived):
            exchange.status = int(dict(event.headers)[b":status"])
        elif isinstance(event, DataReceived):
            (exchange.on_data or exchange.body.extend)(event.data)
        elif isinstance(event, StreamEnded) and not exchange.answer.done():
            exchange.answer.set_result(Answer(exchange.status, bytes(exchange.body)))
        elif isinstance(event, StreamReset) and not exchange.answer.done():
            exchange.answer.set_exception(ProbeFailed("stream reset"))

    def _reset(self, number: int) -> None:
        if self.usable:
            try:
                self._http.reset_stream(number, ErrorCodes.CANCEL)
            except ProtocolError:  # its answer has just ended
                return
            self._flush()

    def _flush(self) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(self._http.data_to_send())

    def _listen(self) -> None:
        """Call _silent() read_idle seconds after the last frame."""
        self._stop_timer()
        self._timer = self._loop.call_at(self._last_frame + self._read_idle, self._silent)

    def _silent(self) -> None:
        if self._loop.time() < self._last_frame + self._read_idle:
            self._listen()
            return
        self._http.ping(b"labgen  ")
        self._flush()
        self._timer = self._loop.call_later(self._ping, self.close, "ping lost")

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _end(self, why: ProbeFailed) -> None:
        self.usable = False
        self._stop_timer()
        for exchange in self._exchanges.values():
            if not exchange.answer.done():
                exchange.answer.set_exception(why)


async def open_connection(
    endpoint: Endpoint, *, read_idle: float = READ_IDLE, ping: float = PING
) -> Connection:
    """Return a connection that is ready for requests. Raises OSError or ProbeFailed."""
    for left in reversed(range(TRIES)):
        try:
            transport, connection = await _connected(endpoint, read_idle, ping)
            break
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not left:
                raise
    if transport.get_extra_info("ssl_object").selected_alpn_protocol() != ALPN:
        connection.close()
        raise ProbeFailed("no HTTP/2")
    return connection


async def _connected(
    endpoint: Endpoint, read_idle: float, ping: float
) -> tuple[asyncio.Transport, Connection]:
    """Connect from one of PORTS. Raises OSError with EADDRINUSE if that port is in use."""
    return await asyncio.get_running_loop().create_connection(
        lambda: Connection(endpoint.authority, read_idle=read_idle, ping=ping),
        endpoint.host,
        endpoint.port,
        ssl=endpoint.context,
        server_hostname=endpoint.name or endpoint.host,
        ssl_handshake_timeout=HANDSHAKE,
        local_addr=_own_end(endpoint.host),
    )


def _own_end(host: str) -> tuple[str, int] | None:
    """Return the local address to connect from; None for the kernel's choice, if host is a name."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return "0.0.0.0" if address.version == 4 else "::", random.choice(PORTS)  # noqa: S104, S311
