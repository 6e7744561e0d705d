"""Send one HTTP/1.1 request on a new connection, by the library h11."""

import asyncio
from dataclasses import dataclass

import h11

from acceptance.framework.experiment.probes.failures import ProbeFailed

CHUNK = 65_536  # bytes that are read at most before they are parsed


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


async def exchange(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    request: h11.Request,
    body: bytes = b"",
) -> Answer:
    """Send the request and return the answer, whatever its status.

    Raises OSError, EOFError when the connection ends early, or ProbeFailed for an answer that is
    not HTTP.
    """
    http = h11.Connection(h11.CLIENT)
    parts = [request, *([h11.Data(data=body)] if body else []), h11.EndOfMessage()]
    writer.write(b"".join(http.send(part) or b"" for part in parts))
    status, found, at_end = 0, bytearray(), False
    while True:
        try:
            event = http.next_event()
        except h11.RemoteProtocolError as error:
            raise (EOFError() if at_end else ProbeFailed("protocol")) from error
        if event is h11.NEED_DATA:
            data = await reader.read(CHUNK)
            at_end = not data
            http.receive_data(data)
        elif isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            found += event.data
        elif isinstance(event, h11.EndOfMessage):
            return Answer(status, bytes(found))
        elif isinstance(event, h11.ConnectionClosed):
            raise EOFError


def request(
    authority: str, method: str, path: str, body: bytes = b"", kind: str = "application/json"
) -> h11.Request:
    """Return a request after which the server closes the connection."""
    fields = [("Host", authority), ("Connection", "close")]
    if body:
        fields += [("Content-Type", kind), ("Content-Length", str(len(body)))]
    return h11.Request(method=method, target=path, headers=fields)


def good(answer: Answer) -> Answer:
    """Return the answer if its status is 200. Raises ProbeFailed for any other status."""
    if answer.status != 200:
        raise ProbeFailed(f"status {answer.status}")
    return answer
