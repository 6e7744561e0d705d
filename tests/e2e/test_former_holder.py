"""A machine that had the VIP forgets its clients, so none of them can make a later client hang."""

import json
import socket
import ssl
import time

from labgen.lab.lab import Lab
from tests.e2e.support.health import assert_healthy
from tests.e2e.support.observations import seen
from tests.e2e.support.program import labgen

PORT = 41000  # of the client, both times
FORGOTTEN = 30.0  # seconds; HAProxy's keepalives take 15
HEALTHY = 150.0  # seconds
ANSWER = 10.0  # seconds in which a client learns that its connection is gone


def test_client_with_the_port_of_an_earlier_client_does_not_hang(ha_3x3: Lab) -> None:
    """Let the VIP go to master2 and back; the client of then has left its connection on master2."""
    name = ha_3x3.name
    labgen("stop", name, "master1", "--now")
    seen(lambda: _holders(name) == ["master2"], "the VIP on master2", within=30)
    first = _connected(ha_3x3)
    labgen("start", name, "master1")
    seen(lambda: _healthy(name), "the lab healing", within=HEALTHY)
    assert _holders(name) == ["master1"]
    first.close()
    seen(lambda: str(PORT) not in _clients(name, "master2"), "no old client", within=FORGOTTEN)

    second = _connected(ha_3x3)
    labgen("stop", name, "master1", "--now")
    seen(lambda: _holders(name) == ["master2"], "the VIP on master2", within=30)
    begin = time.monotonic()
    try:
        second.sendall(b"GET /readyz HTTP/1.1\r\nHost: api\r\n\r\n")
        while second.recv(1000):
            pass
    except ConnectionError:
        pass
    assert time.monotonic() - begin < ANSWER
    labgen("start", name, "master1")
    seen(lambda: _healthy(name), "the lab healing", within=HEALTHY)
    assert_healthy(ha_3x3)


def _connected(lab: Lab) -> ssl.SSLSocket:
    """Return a connection to the API from the same port each time."""
    trusted = ssl.create_default_context(cafile=str(lab.keys / "ca.crt"))
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    plain.bind(("", PORT))
    plain.settimeout(2 * ANSWER)
    plain.connect((str(lab.vip), lab.endpoint_port))
    return trusted.wrap_socket(plain, server_hostname=str(lab.vip))


def _status(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(
        labgen("status", name, "-o", "json", quiet=True, check=False).stdout
    )
    return found


def _holders(name: str) -> list[str]:
    return _status(name)["holders"]


def _healthy(name: str) -> bool:
    return _status(name)["problems"] == []


def _clients(name: str, machine: str) -> str:
    return labgen("exec", name, machine, "--", "ss", "-tnH", "sport = :8443", quiet=True).stdout
