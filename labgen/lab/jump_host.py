"""The jump host of a lab on another host, and the local addresses that lead to that lab."""

from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from labgen.scenario.model import ProviderSpec
from labgen.scenario.values import by_ssh
from labgen.system.jump_host import JumpHost

LOOPBACK = 127


def jump(spec: ProviderSpec, socket: Path | None = None) -> JumpHost | None:
    """Return the host through which a provider's machines are reached; None for this host.

    For libvirt, the URI has the login: user, port and the parameter keyfile. For existing machines,
    the scenario names the jump host.
    """
    if spec.jump:
        user, _, place = spec.jump.rpartition("@")
        host, _, port = place.partition(":")
        return JumpHost(host, user or None, int(port) if port else None, socket=socket)
    if spec.uri is None or not by_ssh(spec.uri):
        return None
    parts = urlsplit(spec.uri)
    login, _, place = parts.netloc.rpartition("@")
    host = place.removesuffix(f":{parts.port}") if parts.port else place
    [identity] = parse_qs(parts.query).get("keyfile", [None])[-1:]
    return JumpHost(
        host=host.strip("[]"),
        user=unquote(login) or None,
        port=parts.port,
        identity=identity,
        socket=socket,
    )


def local_endpoint(address: IPv4Address) -> IPv4Address:
    """Return the local address that leads to an address of a lab on another host: 127.89.0.244 for
    10.89.0.244.

    All of 127.0.0.0/8 is this host (RFC 1122, 3.2.1.3). Labs do not overlap, so no two labs get the
    same local address.
    """
    _, *rest = address.packed
    return IPv4Address(bytes([LOOPBACK, *rest]))
