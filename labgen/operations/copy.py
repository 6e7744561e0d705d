"""`labgen cp`: files between this host and machines of a lab, by scp."""

from collections.abc import Sequence
from dataclasses import dataclass

from labgen.errors import UsageError
from labgen.lab import store
from labgen.machine import access
from labgen.providers.programs import COPY, ensure_installed

EXAMPLE = "labgen cp FILE LAB:MACHINE:/root/    or back: labgen cp LAB:MACHINE:/root/FILE ."


@dataclass(frozen=True)
class Place:
    """A path on a machine of a lab."""

    lab: str
    machine: str
    path: str


def command(sources: Sequence[str], target: str) -> list[str]:
    """Return the scp command that copies the sources, with all that is in directories, to target.

    The route to the lab is checked. Raises UsageError unless either the target or all sources are
    on machines, all of them of one lab.
    """
    places = [_place(word) for word in (*sources, target)]
    remote = [place for place in places if place]
    if wrong := _wrong(places, remote):
        raise UsageError(wrong, hint=EXAMPLE)
    lab = store.load(remote[0].lab)
    words = [_word(word, place) for word, place in zip((*sources, target), places, strict=True)]
    for place in remote:
        lab.machine(place.machine)
    ensure_installed(COPY, "copy files to or from machines")
    access.ensure_route(lab)
    return ["scp", "-F", str(lab.ssh_config), "-r", "--", *words]


def _wrong(places: Sequence[Place | None], remote: Sequence[Place]) -> str | None:
    """Return why these places, the last of which is the target, cannot be copied."""
    if not remote:
        return "no path is on a machine: LAB:MACHINE:PATH"
    if places[-1] and len(remote) > 1:
        return "sources and target are both on machines"
    if not places[-1] and len(remote) < len(places) - 1:
        return "some sources are on machines and some on this host"
    if len({place.lab for place in remote}) > 1:
        return "the sources are in several labs"
    return None


def _place(word: str) -> Place | None:
    """Return the place that the word names; None for a path of this host, in which a slash stands
    before the first colon."""
    head, colon, rest = word.partition(":")
    if not colon or "/" in head:
        return None
    machine, colon, path = rest.partition(":")
    if not (head and machine and colon):
        raise UsageError(
            f"{word!r} is no path on a machine: LAB:MACHINE:PATH",
            hint=f"a file of this host with a colon in its name: ./{word}",
        )
    return Place(head, machine, path)


def _word(word: str, place: Place | None) -> str:
    """Return the word as scp reads it."""
    return f"{place.machine}:{place.path}" if place else word
