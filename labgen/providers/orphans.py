"""What of labgen's is on this host and belongs to no lab: the labs' directories are gone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from labgen.lab import store
from labgen.lab.lab import directory_id, labs_directory
from labgen.lab.ownership import Owner, lives, owners

UNKNOWN = "whose it is cannot be told"
UNUSED = "no lab uses it"


@dataclass(frozen=True)
class Orphan:
    """Something that is left: what it is and whose, in words. lab is the directory of the lab that
    is gone, where it is one's; what cannot be told to be nobody's has no remove."""

    what: str
    whose: str
    lab: Path | None = None
    remove: Callable[[], object] | None = None


def of_dead(what: str, lab: Path, remove: Callable[[], object]) -> Orphan:
    """A stray of the lab at that directory, which is looked for once more before it is removed."""

    def unless_it_came_back() -> None:
        if not lives(lab):
            remove()

    return Orphan(what, f"of lab {lab.name} at {lab}, which is gone", lab, unless_it_came_back)


def unowned(what: str, remove: Callable[[], object]) -> Orphan:
    """A stray that no lab uses."""
    return Orphan(what, UNUSED, None, remove)


def unknown(what: str) -> Orphan:
    """Something that may be a living lab's, and stays."""
    return Orphan(what, UNKNOWN)


@dataclass(frozen=True)
class Known:
    """The labs that this host tells of, dead or alive: their directories and notes, by id."""

    directories: Mapping[str, Path]
    notes: Mapping[str, Owner] = field(default_factory=dict)

    def directory(self, lab_id: str) -> Path | None:
        """Where the lab of that id is or was; None for one that nobody tells of."""
        return self.directories.get(lab_id)


def known(told: list[Path]) -> Known:
    """What notes, this user's own labs, and told (directories that things name) tell of labs."""
    notes = {owner.id: owner for owner in owners()}
    own = [labs_directory() / name for name in store.names()]
    places = [*told, *own, *(owner.directory for owner in notes.values())]
    return Known({directory_id(place): place for place in places}, notes)
