"""The way to a lab on another host: the host in between, and addresses here that lead on."""

from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from labgen.scenario.model import ProviderSpec
from labgen.scenario.values import by_ssh
from labgen.system.jump_host import JumpHost

LOOPBACK = 127


def jump(spec: ProviderSpec, socket: Path | None = None) -> JumpHost | None:
    """The host that a provider's machines are on and reached through; None where that is this one.

    libvirt's URI says how to log in there: user, port and the parameter keyfile. For existing
    machines it is named.
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
    """Where address of a lab on another host is listened for here: 127.89.0.244 for 10.89.0.244.

    All of 127.0.0.0/8 is this host (RFC 1122, 3.2.1.3). Labs do not overlap, so none gets what is
    another's.
    """
    _, *rest = address.packed
    return IPv4Address(bytes([LOOPBACK, *rest]))
