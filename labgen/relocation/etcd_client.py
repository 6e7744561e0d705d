"""Speak to etcd by its JSON gateway (etcd's api_grpc_gateway.md), over a unix socket."""

import http.client
import json
import os
import socket
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeAlias

from labgen.errors import LabgenError

TIMEOUT = 10.0  # seconds for one request
OPERATIONS = 100  # in one transaction: etcd's default limit, max-txn-ops, is 128
# Bytes of values in one transaction: etcd's default limit, max-request-bytes, is 1.5 MiB. One value
# may have that much already.
SIZE = 1 << 20
Operation: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Endpoint:
    """Where one member listens. The path of its socket may be longer than a socket's address."""

    directory: Path
    name: str

    def call(self, method: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return etcd's answer. Raises OSError if it does not listen, LabgenError if it refuses."""
        connection = http.client.HTTPConnection("localhost")
        connection.sock = self._connect()
        try:
            connection.request("POST", f"/v3/{method}", json.dumps(request))
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if response.status != HTTPStatus.OK:
            raise LabgenError(
                f"etcd of {self.name} refused {method}",
                last_seen=content.decode(errors="replace").strip(),
            )
        answer: dict[str, Any] = json.loads(content)
        return answer

    def _connect(self) -> socket.socket:
        directory = os.open(self.directory, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        made = socket.socket(socket.AF_UNIX)
        try:
            made.settimeout(TIMEOUT)
            made.connect(f"/proc/self/fd/{directory}/{self.name}")
        except BaseException:
            made.close()
            raise
        finally:
            os.close(directory)
        return made


def values(endpoint: Endpoint, prefix: str) -> dict[str, bytes]:
    """Return everything below a prefix, by key."""
    key = prefix.encode()
    end = key[:-1] + bytes([key[-1] + 1])
    answer = endpoint.call("kv/range", {"key": _encoded(key), "range_end": _encoded(end)})
    return {
        b64decode(it["key"]).decode(): b64decode(it.get("value", ""))
        for it in answer.get("kvs", ())
    }


def change(endpoint: Endpoint, puts: Mapping[str, bytes], deleted: Collection[str]) -> None:
    """Write values of existing keys, which keep their leases, and delete keys."""
    operations: list[Operation] = [
        {
            "request_put": {
                "key": _encoded(key.encode()),
                "value": _encoded(value),
                "ignore_lease": True,
            }
        }
        for key, value in puts.items()
    ]
    operations += [{"request_delete_range": {"key": _encoded(it.encode())}} for it in deleted]
    for batch in _batches(operations):
        endpoint.call("kv/txn", {"success": batch})


def _batches(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    batch: list[Operation] = []
    size = 0
    for operation in operations:
        own = len(operation.get("request_put", {}).get("value", "")) * 3 // 4  # of base64
        if batch and (len(batch) == OPERATIONS or size + own > SIZE):
            yield batch
            batch, size = [], 0
        batch.append(operation)
        size += own
    if batch:
        yield batch


def members(endpoint: Endpoint) -> list[dict[str, Any]]:
    answer = endpoint.call("cluster/member/list", {})
    found: list[dict[str, Any]] = answer["members"]
    return found


def update_peers(endpoint: Endpoint, member: str, urls: Collection[str]) -> None:
    """Set the peer URLs of the member with that ID."""
    endpoint.call("cluster/member/update", {"ID": member, "peerURLs": list(urls)})


def ensure_applied(endpoint: Endpoint) -> None:
    """Return when the member has applied all that any member has acknowledged before."""
    endpoint.call("kv/range", {"key": _encoded(b"/"), "count_only": True})  # linearizable


def ensure_committed(endpoint: Endpoint) -> None:
    """Make the member write to its database what it has applied; otherwise it does so every
    100 ms."""
    endpoint.call("maintenance/hash", {})


def _encoded(data: bytes) -> str:
    return b64encode(data).decode()
