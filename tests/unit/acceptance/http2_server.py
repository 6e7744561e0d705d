"""A server of HTTP/2 over TLS in the test's event loop, with configurable behaviour."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import PingReceived, RequestReceived, StreamReset

from tests.unit.acceptance.conftest import LOOPBACK


@dataclass
class Http2Server:
    """Its behaviour, and what arrived: connections, requests and the streams that were reset."""

    port: int = 0
    alpn: str = "h2"
    status: int = 200
    body: bytes = b"ok"
    watched: bytes = b""
    silent: bool = False
    deaf: bool = False
    connections: list["Peer"] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    taken_back: int = 0

    def __post_init__(self) -> None:
        self.requested = asyncio.Event()

    @property
    def peer(self) -> "Peer":
        """Return the newest connection."""
        return self.connections[-1]


class Peer(asyncio.Protocol):
    """The server's side of one connection."""

    def __init__(self, server: Http2Server) -> None:
        self.server = server
        self.http = H2Connection(H2Configuration(client_side=False))
        self.streams: list[int] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.server.connections.append(self)
        self.http.initiate_connection()
        self.flush()

    def data_received(self, data: bytes) -> None:
        if self.server.deaf:
            return
        for event in self.http.receive_data(data):
            if isinstance(event, RequestReceived):
                self._request(event)
            elif isinstance(event, StreamReset):
                self.server.taken_back += 1
            elif isinstance(event, PingReceived):
                pass  # h2 has answered it
        self.flush()

    def _request(self, event: RequestReceived) -> None:
        path = dict(event.headers)[b":path"].decode()
        self.server.paths.append(path)
        self.streams.append(event.stream_id)
        self.server.requested.set()
        if self.server.silent:
            return
        if "watch=1" in path:
            self.answer(event.stream_id, self.server.watched, end=self.server.status != 200)
        else:
            self.answer(event.stream_id, self.server.body)

    def answer(self, stream: int, body: bytes, *, end: bool = True) -> None:
        self.http.send_headers(stream, [(":status", str(self.server.status))])
        self.http.send_data(stream, body, end_stream=end)

    def push(self, data: bytes) -> None:
        """Send more of the last answer."""
        self.http.send_data(self.streams[-1], data)
        self.flush()

    def end_stream(self) -> None:
        self.http.end_stream(self.streams[-1])
        self.flush()

    def reset_stream(self) -> None:
        self.http.reset_stream(self.streams[-1])
        self.flush()

    def say_goodbye(self) -> None:
        self.http.close_connection()
        self.flush()

    def flush(self) -> None:
        self.transport.write(self.http.data_to_send())


@asynccontextmanager
async def serving(certificate: Path, *, alpn: str = "h2") -> AsyncIterator[Http2Server]:
    server = Http2Server()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_alpn_protocols([alpn])
    listening = await asyncio.get_running_loop().create_server(
        lambda: Peer(server), LOOPBACK, 0, ssl=context
    )
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        for peer in server.connections:
            peer.transport.abort()
        listening.close()
