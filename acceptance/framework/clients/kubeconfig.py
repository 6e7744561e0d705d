"""Read kubeconfig files: the servers that they name, and the credentials that they contain."""

import base64
import ssl
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML


@dataclass(frozen=True)
class Credentials:
    """One API endpoint with its CA and a client certificate, all PEM, or with a token instead.

    name is the name in the endpoint's certificate. It is the host, unless the kubeconfig sets
    another.
    """

    host: str
    port: int
    name: str
    authority: str
    certificate: str
    key: str
    token: str = field(default="", repr=False)

    def anonymous(self) -> ssl.SSLContext:
        """Return a TLS context that checks the server and presents no certificate."""
        return ssl.create_default_context(cadata=self.authority)

    def administrator(self) -> ssl.SSLContext:
        """Return a TLS context that checks the server and presents the client's certificate."""
        context = self.anonymous()
        if not self.certificate:
            return context
        # the ssl module reads client certificates from files only; this one is 0600
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(self.certificate + self.key)
            file.flush()
            context.load_cert_chain(file.name)
        return context


def servers(text: str) -> list[str]:
    """Return the server of every cluster that the kubeconfig names."""
    return [entry["cluster"]["server"] for entry in _document(text)["clusters"]]


def credentials(path: Path) -> Credentials:
    """Return the credentials of the current context: certificates, inline or as files, or a token.

    Raises OSError, and KeyError, TypeError, StopIteration or ValueError for a file that is not a
    kubeconfig with credentials.
    """
    document = _document(path.read_text())
    context = _named(document["contexts"], document["current-context"])["context"]
    cluster = _named(document["clusters"], context["cluster"])["cluster"]
    user = _named(document["users"], context["user"])["user"]
    server = urlsplit(cluster["server"])
    token = user.get("token", "")
    if "tokenFile" in user:
        token = (path.parent / user["tokenFile"]).read_text().strip()
    if not token and not any(name.startswith("client-certificate") for name in user):
        raise ValueError(f"its user has neither certificate nor token, but {', '.join(user)}")
    return Credentials(
        host=server.hostname or "",
        port=server.port or 443,
        name=cluster.get("tls-server-name") or server.hostname or "",
        authority=_pem(path, cluster, "certificate-authority"),
        certificate="" if token else _pem(path, user, "client-certificate"),
        key="" if token else _pem(path, user, "client-key"),
        token=token,
    )


def at(found: Credentials, place: str) -> Credentials:
    """Return the same credentials for HOST:PORT, whose certificate is for HOST."""
    host, _, port = place.rpartition(":")
    if (host, int(port)) == (found.host, found.port):
        return found
    return replace(found, host=host, port=int(port), name=host)


def _document(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def _named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(entry for entry in entries if entry["name"] == name)


def _pem(path: Path, entry: dict[str, Any], name: str) -> str:
    """Return the inline data, or a file next to the kubeconfig."""
    if f"{name}-data" in entry:
        return base64.b64decode(entry[f"{name}-data"]).decode()
    named: str = entry[name]
    return (path.parent / named).read_text()
