"""Parse the values of existing machines. Each function raises ValueError with a valid example."""

import re
from ipaddress import AddressValueError, IPv4Address
from pathlib import Path

from labgen.scenario.values import kind_of, shown, text

# A key as in known_hosts, after the address, sshd(8).
HOST_KEY = re.compile(
    r"(ssh-(ed25519|rsa)|ecdsa-sha2-nistp\d{3}) [A-Za-z0-9+/]{40,}={0,2}", re.ASCII
)
USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]*", re.ASCII)
PLACE = re.compile(r"([A-Za-z0-9_][\w.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*(:[1-9]\d{0,4})?", re.ASCII)
COMMAND = "a list of words as [ipmitool, -H, 192.168.0.103, power, off]"


def address(value: object) -> IPv4Address:
    """Return a machine's own address."""
    written = text("192.168.0.3")(value)
    try:
        return IPv4Address(written)
    except AddressValueError:
        raise ValueError(
            f"{shown(written)} is not an IPv4 address; write it like 192.168.0.3"
        ) from None


def user(value: object) -> str:
    """Return a login name."""
    written = text("root or admin")(value)
    if not USER.fullmatch(written):
        raise ValueError(f"{shown(written)} is not a login; write a name such as root or admin")
    return written


def place(value: object) -> str:
    """Return a jump host, which may be an alias of ~/.ssh/config."""
    written = text("admin@gateway.example.org:22")(value)
    if not PLACE.fullmatch(written):
        raise ValueError(
            f"{shown(written)} is not a login; write it like admin@gateway.example.org:22"
        )
    return written


def path(value: object) -> str:
    """Return a file's path as written."""
    written = text("~/.ssh/id_ed25519")(value)
    if not written.strip() or any(not sign.isprintable() for sign in written):
        raise ValueError(f"{shown(written)} is not a path; write it like ~/.ssh/id_ed25519")
    try:
        Path(written).expanduser()
    except RuntimeError:
        raise ValueError(
            f"{shown(written)} is in the home of a user that this host does not have; "
            "write the whole path"
        ) from None
    return written


def host_key(value: object) -> str:
    """Return the public key of a machine's sshd, without a comment."""
    written = " ".join(text("ssh-ed25519 AAAA...")(value).split()[:2])
    if not HOST_KEY.fullmatch(written):
        raise ValueError(
            f"{shown(written)} is not a public key; write what the machine has in "
            "/etc/ssh/ssh_host_ed25519_key.pub, for example ssh-ed25519 AAAA..."
        )
    return written


def command(value: object) -> tuple[str, ...]:
    """Return a program with its arguments; it is run without a shell."""
    words = value if isinstance(value, list) else None
    if words is None:
        raise ValueError(f"expected {COMMAND}, found {kind_of(value)}")
    if not words or not words[0]:
        raise ValueError(f"there is no program; write {COMMAND}")
    strange = [word for word in words if not isinstance(word, str) and type(word) is not int]
    if strange:
        raise ValueError(f"{kind_of(strange[0])} is not a string; write {COMMAND}")
    return tuple(str(word) for word in words)
