"""A client of a lab's API that makes a new TLS connection for each request."""

import base64
import http.client
import ssl
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.command import Labgen

PATIENCE = 5.0  # seconds for one request


@dataclass(frozen=True)
class Request:
    """One request: seconds on the monotonic clock, and whether it was answered with 200."""

    started: float
    ended: float
    good: bool


@dataclass(frozen=True)
class Client:
    """A client with the administrator's credentials."""

    server: str  # the URL of the API
    context: ssl.SSLContext

    def request(self) -> Request:
        """Request /readyz; the socket's patience is for each wait, so the whole is timed, too."""
        started = time.monotonic()
        place = urlsplit(self.server)
        connection = http.client.HTTPSConnection(
            str(place.hostname), place.port, timeout=PATIENCE, context=self.context
        )
        try:
            connection.request("GET", "/readyz")
            good = connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            good = False
        finally:
            connection.close()
        ended = time.monotonic()
        return Request(started, ended, good and ended - started <= PATIENCE)


@contextmanager
def connect(labgen: Labgen, lab: str) -> Iterator[Client]:
    """Yield a client of that lab's API."""
    config = labgen.data("kubectl", lab, "--", "config", "view", "--raw", "--flatten")
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    parts = (user["client-certificate-data"], user["client-key-data"])
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    context = ssl.create_default_context(cadata=authority)
    with tempfile.TemporaryDirectory() as directory:  # with mode 0700
        pem = Path(directory) / "client.pem"
        pem.write_bytes(b"".join(base64.b64decode(part) for part in parts))
        context.load_cert_chain(pem)
    yield Client(cluster["server"], context)
