"""The cluster's API over HTTPS. A fresh connection each time, so that none outlives a failover."""

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
    """The API answered with another status than 2xx."""

    def __init__(self, method: str, path: str, status: int, message: str) -> None:
        super().__init__(f"{method} {path}: {status} {message}")
        self.status = status


class WriteRefused(Exception):
    """A test that may only look asked to change something: the test is wrong."""


# All that can go wrong with one request.
FAILURES = (OSError, http.client.HTTPException, ApiError)


@dataclass(frozen=True)
class Api:
    """timeout is the longest wait for one answer of the socket, in seconds; looking only allows
    nothing but GET. name is what the certificate is for, where that is not the host."""

    host: str
    port: int
    context: ssl.SSLContext
    timeout: float = 10.0
    read_only: bool = False
    name: str = ""
    token: str = field(default="", repr=False)

    def get(self, path: str) -> Any:
        """The JSON object at path."""
        return json.loads(self.send("GET", path))

    def items(self, path: str) -> list[Any]:
        """The items of the list at path."""
        found = self.get(path)["items"]
        return list(found)

    def apply(self, path: str, manifest: dict[str, Any]) -> Any:
        """Server-side apply: what path holds becomes manifest, whoever does it and how often."""
        where = f"{path}?fieldManager={MANAGER}&force=true"
        return json.loads(self.send("PATCH", where, manifest, APPLY))

    def send(
        self, method: str, path: str, body: dict[str, Any] | None = None, kind: str = JSON
    ) -> str:
        """The text of the answer. Raises ApiError, OSError or http.client.HTTPException."""
        if self.read_only and method != "GET":
            raise WriteRefused(f"{method} {path} in a run that only looks")
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
    """The API as the kubeconfig's administrator sees it."""
    context = found.administrator()
    return Api(found.host, found.port, context, timeout, read_only, found.name, found.token)
