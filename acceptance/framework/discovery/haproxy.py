"""The parts of a machine's HAProxy configuration that concern the API servers."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

SECTIONS = ("global", "defaults", "frontend", "backend", "listen")
SOCKET = re.compile(r"stats\s+socket\s+(?:unix@)?(/\S+)")
EVERYWHERE = {"", "*", "0.0.0.0", "::", "[::]"}  # noqa: S104 - read, not bound


@dataclass
class Section:
    kind: str
    name: str
    lines: list[list[str]] = field(default_factory=list)

    def of(self, word: str) -> Iterator[list[str]]:
        """Return the words after that keyword, for each of its lines."""
        return (words[1:] for words in self.lines if words[0] == word and len(words) > 1)


@dataclass(frozen=True)
class Configuration:
    """servers are the names of its API servers, socket is where it reports their states, binds are
    the addresses (host, port) where clients reach them."""

    servers: frozenset[str]
    socket: str
    binds: tuple[tuple[str, int], ...]

    def at(self, address: str, port: int) -> int:
        """Return the port at address for clients that use port; 0 if port is bound only at another
        address. A port that is not in the configuration is returned, because it should be there."""
        hosts = {host for host, number in self.binds if number == port}
        return port if not hosts or hosts & {*EVERYWHERE, address} else 0


def read(lines: Sequence[str], api_servers: Collection[str]) -> Configuration | None:
    """Return the HAProxy in front of api_servers (HOST:PORT); None if no backend has one of
    them."""
    sections = list(_sections(lines))
    names: set[str] = set()
    backends: set[str] = set()
    for section in sections:
        servers = {words[0]: words[1] for words in section.of("server") if len(words) > 1}
        if set(servers.values()) & set(api_servers):
            names |= set(servers)
            backends.add(section.name)
    if not names:
        return None
    binds = [
        place
        for section in sections
        if _leads(section, backends)
        for words in section.of("bind")
        for place in _places(words[0])
    ]
    socket = next((found[1] for line in lines if (found := SOCKET.search(line))), "")
    return Configuration(frozenset(names), socket, tuple(binds))


def _leads(section: Section, backends: Collection[str]) -> bool:
    """Return whether the section sends clients to one of these backends."""
    if section.kind == "listen":
        return section.name in backends
    used = [words[0] for word in ("default_backend", "use_backend") for words in section.of(word)]
    return section.kind == "frontend" and bool(set(used) & set(backends))


def _places(written: str) -> Iterator[tuple[str, int]]:
    for one in written.split(","):
        host, _, port = one.removeprefix("ipv4@").rpartition(":")
        if port.isdigit():
            yield host, int(port)


def _sections(lines: Sequence[str]) -> Iterator[Section]:
    current = Section("global", "")
    for line in lines:
        words = line.split()
        if words and words[0] in SECTIONS:
            yield current
            current = Section(words[0], words[1] if len(words) > 1 else "")
        elif words:
            current.lines.append(words)
    yield current
