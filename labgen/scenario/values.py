"""Parse single values of a scenario file. Each function raises ValueError with a valid example."""

import re
from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from labgen.scenario import units

AUTO = "auto"
# RFC 1123, section 2.1, as Kubernetes reads it: a label of a host's name.
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.ASCII)
LABEL_LENGTH = 63
PREFIX = re.compile(r"[a-z0-9][a-z0-9-]*", re.ASCII)
LETTERS = "use lower-case letters, digits and hyphens, beginning with a letter or digit"
LIBVIRT = re.compile(r"qemu(\+[a-z0-9]+)?://[^\s/]*/(system|session)(\?\S*)?", re.ASCII)
HERE = re.compile(r"qemu(\+unix)?:///.*")
# A user's or a host's name never begins with a dash: ssh would read an option.
BY_SSH = re.compile(
    r"qemu\+ssh://([^@\s/-][^@\s/]*@)?(\[[0-9a-f:.]+\]|\w[\w.-]*)(:\d+)?/.*", re.ASCII
)
VERSION = re.compile(r"v[0-9]+\.[0-9]+\.[0-9]+", re.ASCII)
RUNTIMES = ("containerd", "cri-o", "docker")


def kind_of(value: object) -> str:
    """Return a short description of a value, for a message."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}" if abs(value) < 10**12 else "a huge number"
        case str():
            return f"the text {shown(value)}"
        case list():
            return "a list"
        case _:
            return "a mapping"


def shown(text: str) -> str:
    """Return the text in quotes, shortened if it is long."""
    return repr(text if len(text) <= 40 else f"{text[:37]}...")


def text(example: str) -> Callable[[object], str]:
    """Return a reader of text; its error message contains example."""

    def read(value: object) -> str:
        if isinstance(value, str):
            return value
        raise ValueError(f"expected text such as {example}, found {kind_of(value)}")

    return read


def duration(value: object) -> int:
    """Return milliseconds."""
    return units.duration(text("250ms or 1s")(value))


def size(value: object) -> int:
    """Return MiB."""
    return units.size(text("2GiB")(value))


def disk(value: object) -> int:
    """Return GiB."""
    mebibytes = units.size(text("20GiB")(value))
    if mebibytes % 1024:
        raise ValueError(f"{shown(str(value))} is not a whole number of GiB; write it like 20GiB")
    return mebibytes // 1024


def count(lowest: int, highest: int) -> Callable[[object], int]:
    """Return a reader of whole numbers within limits."""

    def read(value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            if lowest <= value <= highest:
                return value
            raise ValueError(f"{kind_of(value)} is out of range; use {lowest} to {highest}")
        raise ValueError(f"expected a whole number, found {kind_of(value)}")

    return read


def network(value: object) -> IPv4Network:
    """Return an IPv4 network, written in its canonical form, such as 10.89.50.0/24."""
    written = text("10.89.50.0/24")(value)
    if ":" in written:
        raise ValueError(f"{shown(written)} is IPv6; labs are IPv4, write it like 10.89.50.0/24")
    if "/" not in written:
        raise ValueError(f"{shown(written)} has no prefix length; write it like 10.89.50.0/24")
    try:
        found = IPv4Network(written, strict=False)
    except ValueError:
        raise ValueError(
            f"{shown(written)} is not an IPv4 network; write it like 10.89.50.0/24"
        ) from None
    if str(found) != written:
        raise ValueError(f"{shown(written)} is not the usual form of that network; write {found}")
    return found


def network_or_auto(value: object) -> IPv4Network | None:
    """Return an IPv4 network; None stands for auto."""
    return None if value == AUTO else network(value)


def address_or_auto(value: object) -> IPv4Address | None:
    """Return an IPv4 address; None stands for auto."""
    if value == AUTO:
        return None
    written = text("auto or 10.89.50.244")(value)
    if ":" in written:
        raise ValueError(f"{shown(written)} is IPv6; labs are IPv4, write auto or 10.89.50.244")
    try:
        return IPv4Address(written)
    except AddressValueError:
        raise ValueError(
            f"{shown(written)} is not an IPv4 address; write auto or 10.89.50.244"
        ) from None


def label(value: object) -> str:
    """Return a DNS label, the form of the names of labs and machines."""
    written = text("ha-3x3")(value)
    if len(written) > LABEL_LENGTH:
        raise ValueError(f"{len(written)} characters are too long for a DNS label; use 63 at most")
    if not LABEL.fullmatch(written):
        raise ValueError(f"{shown(written)} is not a DNS label; {LETTERS}, and ending with one too")
    return written


def prefix(value: object) -> str:
    """Return the prefix of machine names; a number follows."""
    written = text("master")(value)
    if not PREFIX.fullmatch(written):
        raise ValueError(f"{shown(written)} is not the beginning of a DNS label; {LETTERS}")
    return written


def version(value: object) -> str:
    """Return a version of Kubernetes, such as v1.37.2."""
    written = text("v1.37.2")(value)
    if not VERSION.fullmatch(written):
        raise ValueError(f"{shown(written)} is not a version; write all of it, such as v1.37.2")
    return written


def libvirt_uri(value: object) -> str:
    """Return the URI of a libvirt that runs QEMU, https://libvirt.org/uri.html."""
    written = text("qemu:///system")(value)
    if not LIBVIRT.fullmatch(written):
        raise ValueError(f"{shown(written)} is not a QEMU URI; write it like qemu:///system")
    if not HERE.fullmatch(written) and not BY_SSH.fullmatch(written):
        raise ValueError(
            f"{shown(written)} leads to libvirt, but not to a lab's machines; "
            "write it like qemu+ssh://root@host/system"
        )
    if "no_verify" in written:
        raise ValueError("host keys are always checked; leave no_verify out")
    return written


def by_ssh(uri: str | None) -> bool:
    """Return whether the URI is that of a libvirt on another host."""
    return uri is not None and uri.startswith("qemu+ssh:")


def choice(*allowed: str) -> Callable[[object], str]:
    """Return a reader of one of a few words."""
    words = " or ".join(filter(None, [", ".join(allowed[:-1]), allowed[-1]]))

    def read(value: object) -> str:
        if isinstance(value, str):
            if value in allowed:
                return value
            raise ValueError(f"{shown(value)} is not known; use {words}")
        raise ValueError(f"expected {words}, found {kind_of(value)}")

    return read
