"""A small client of the Kubernetes API: JSON over HTTPS with the admin's certificate.

labgen queries the cluster often while it waits. A kubectl process for each query would cost more
CPU time than the cluster.
"""

import http.client
import json
import socket
import ssl
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from labgen.cluster import unreachable
from labgen.errors import LabgenError
from labgen.lab.lab import Lab

TIMEOUT = 3.0  # seconds for an answer, multiplied by the lab's slowdown


def https(
    host: str, port: int, name: str, *, timeout: float, context: ssl.SSLContext
) -> http.client.HTTPConnection:
    """Return a connection to host:port whose server has a certificate for name; raises OSError."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    plain = socket.create_connection((host, port), timeout=timeout)
    try:
        connection.sock = context.wrap_socket(plain, server_hostname=name)
    except BaseException:
        plain.close()
        raise
    return connection


class ApiUnreachable(LabgenError):
    """The API did not answer, or answered with an error."""


@dataclass(frozen=True)
class KubeApi:
    """The API at host:port with a certificate for name; ca, certificate and key are PEM files."""

    host: str
    port: int
    name: str
    ca: Path
    certificate: Path
    key: Path
    timeout: float = TIMEOUT

    def get(self, path: str) -> dict[str, Any]:
        """Return the object at path; raises ApiUnreachable with the reason."""
        body = self.get_text(path)
        try:
            answer: dict[str, Any] = json.loads(body)
        except json.JSONDecodeError as error:
            what = f"the API's answer to {path} is not JSON: {body[:80]!r}"
            raise ApiUnreachable(what) from error
        return answer

    def get_text(self, path: str) -> str:
        """Return the body of the answer to GET path; raises ApiUnreachable."""
        return self._request("GET", path)

    def delete(self, path: str, version: str) -> None:
        """Delete the object at path if it still has that resource version; raises
        ApiUnreachable."""
        options = {"apiVersion": "v1", "kind": "DeleteOptions"}
        self._request("DELETE", path, {**options, "preconditions": {"resourceVersion": version}})

    def _request(self, method: str, path: str, content: dict[str, Any] | None = None) -> str:
        sent = json.dumps(content) if content else None
        kind = {"Content-Type": "application/json"} if content else {}
        try:
            connection = https(
                self.host, self.port, self.name, timeout=self.timeout, context=self._tls
            )
            headers = {"Accept": "application/json", **kind}
            connection.request(method, path, body=sent, headers=headers)
            response = connection.getresponse()
            body = response.read().decode(errors="replace")
            connection.close()
        except (OSError, http.client.HTTPException) as error:
            place = f"https://{self.host}:{self.port}{path}"
            raise ApiUnreachable(f"{place}: {unreachable.words(error)}") from error
        if response.status != http.HTTPStatus.OK:
            raise ApiUnreachable(f"{method} {path}: HTTP {response.status}: {body[:200]}")
        return body

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        for path in (self.ca, self.certificate, self.key):
            if not path.exists():  # OpenSSL's own error names no file
                raise ApiUnreachable(f"no credentials for the API yet: {path} does not exist")
        context = ssl.create_default_context(cafile=str(self.ca))
        context.load_cert_chain(self.certificate, self.key)
        return context


def connect(lab: Lab) -> KubeApi:
    """Return the lab's API behind the VIP, as its admin."""
    return KubeApi(
        str(lab.local_endpoint(lab.vip)),
        lab.endpoint_port,
        name=str(lab.vip),
        ca=lab.keys / "ca.crt",
        certificate=lab.keys / "admin.crt",
        key=lab.keys / "admin.key",
        timeout=TIMEOUT * lab.slowdown,
    )
