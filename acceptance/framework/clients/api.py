"""The cluster's API over HTTPS.

Each request uses a separate connection, so no connection outlives a failover.
"""

import http.client
import json
import ssl
from dataclasses import dataclass, field
from typing import Any

from acceptance.framework.clients.kubeconfig import Credentials
from labgen.cluster.api import https

JSON = "application/json"
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"  # JSON is YAML
MANAGER = "labgen-acceptance"


class ApiError(Exception):
    """The API answered with a status other than 2xx."""

    def __init__(self, method: str, path: str, status: int, message: str) -> None:
        super().__init__(f"{method} {path}: {status} {message}")
        self.status = status


class WriteRefused(Exception):
    """A read-only test tried to change something, which is an error of the test."""


# All that can go wrong with one request.
FAILURES = (OSError, http.client.HTTPException, ApiError)


@dataclass(frozen=True)
class Api:
    """The API at one address, as one user."""

    host: str
    port: int
    context: ssl.SSLContext
    timeout: float = 10.0  # the longest wait of the socket, in seconds
    read_only: bool = False  # nothing but GET is allowed
    name: str = ""  # what the certificate is for, unless it is the host
    token: str = field(default="", repr=False)

    def get(self, path: str) -> Any:
        """Return the JSON object at path."""
        return json.loads(self.send("GET", path))

    def items(self, path: str) -> list[Any]:
        """Return the items of the list at path."""
        found = self.get(path)["items"]
        return list(found)

    def apply(self, path: str, manifest: dict[str, Any]) -> Any:
        """Apply the manifest at path by server-side apply, which can be repeated."""
        where = f"{path}?fieldManager={MANAGER}&force=true"
        return json.loads(self.send("PATCH", where, manifest, APPLY))

    def send(
        self, method: str, path: str, body: dict[str, Any] | None = None, kind: str = JSON
    ) -> str:
        """Return the body of the answer.

        Raises ApiError, OSError or http.client.HTTPException; WriteRefused in a read-only run.
        """
        if self.read_only and method != "GET":
            raise WriteRefused(f"{method} {path} in a read-only run")
        name = self.name or self.host
        connection = https(self.host, self.port, name, timeout=self.timeout, context=self.context)
        try:
            data = None if body is None else json.dumps(body)
            headers = {"Content-Type": kind, "Accept": JSON}
            if self.token:
                headers["Authorization"] = f"Bearer {self.token}"
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        finally:
            connection.close()
        if not http.client.OK <= answer.status < http.client.MULTIPLE_CHOICES:
            raise ApiError(method, path, answer.status, text[:300])
        return text


def connect(found: Credentials, *, timeout: float = 10.0, read_only: bool = False) -> Api:
    """Return the API as the kubeconfig's administrator."""
    context = found.administrator()
    return Api(found.host, found.port, context, timeout, read_only, found.name, found.token)
