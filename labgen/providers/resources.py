"""What labs have on this host and in libvirts, each with the lab that owns it.

One listing per provider (base.Provider.list_resources) serves all who ask: `down`, whether anything
is left; `gc`, what is orphaned. Nothing of a living lab is ever removed by it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from labgen.lab.lab import Lab
from labgen.lab.ownership import lives


@dataclass(frozen=True)
class Resource:
    """Something that labgen created outside labs' directories."""

    kind: str  # "container", "network namespace"
    name: str
    lab: Path | None  # directory of the lab that owns it; None where no label names one
    delete: Callable[[], object] = field(compare=False, repr=False)
    place: str = ""  # URI of the libvirt that has it; empty on this host
    unused: bool = False  # shared by labs, and none uses it

    @property
    def what(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def owner(self) -> str:
        """Return whose it is, for users."""
        if self.unused:
            return "no lab uses it"
        if self.lab is None:
            return "its owner cannot be determined"
        gone = "" if lives(self.lab) else ", which is gone"
        return f"of lab {self.lab.name} at {self.lab}{gone}"

    @property
    def orphaned(self) -> bool:
        """Return whether it may be removed: nobody can need it any more."""
        return self.unused or (self.lab is not None and not lives(self.lab))

    def remove(self) -> None:
        """Remove it if it is still orphaned; otherwise nothing happens."""
        if self.orphaned:
            self.delete()


def select(found: Sequence[Resource], lab: Lab | None) -> list[Resource]:
    """Return those that the lab owns; without a lab, all."""
    return [it for it in found if lab is None or it.lab == lab.directory]
