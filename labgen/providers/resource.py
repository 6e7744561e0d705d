"""The resources of labs on this host and in libvirts, each with the lab that owns it.

There is one listing per provider (base.Provider.list_resources). `down` uses it to verify that
nothing is left, `gc` to find what is orphaned. Resources of an existing lab are never removed by
it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from labgen.lab.lab import Lab
from labgen.lab.ownership import Owner, lab_exists, owner


@dataclass(frozen=True)
class Resource:
    """Something that labgen created outside labs' directories."""

    kind: str  # "container", "network namespace"
    name: str
    lab: Owner | None  # the lab that owns it; None where no label names one
    delete: Callable[[], object] = field(compare=False, repr=False)
    place: str = ""  # URI of the libvirt that has it; empty on this host
    unused: bool = False  # shared by labs, and none uses it
    kept: bool = False  # checkpoints that outlive their lab, because the user wants it
    size: int | None = None  # bytes; None where it is of no interest

    @property
    def what(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def owner(self) -> str:
        """Return the owner, in words for users."""
        if self.unused:
            return "no lab uses it"
        if self.lab is None:
            return "its owner cannot be determined"
        if self.kept and self.lab:
            size = "" if self.size is None else f", {self.size / 1024**2:.1f} MiB"
            return f"kept, of lab {self.lab.name} at {self.lab.directory}{size}"
        gone = "" if lab_exists(self.lab) else ", which no longer exists"
        return f"of lab {self.lab.name} at {self.lab.directory}{gone}"

    @property
    def orphaned(self) -> bool:
        """Return whether the resource may be removed, because no lab can need it any longer."""
        if self.kept:
            return False
        return self.unused or (self.lab is not None and not lab_exists(self.lab))

    def remove(self) -> None:
        """Remove the resource if it is still orphaned; otherwise do nothing."""
        if self.orphaned:
            self.delete()


def select(found: Sequence[Resource], lab: Lab | None) -> list[Resource]:
    """Return the resources of the lab; without a lab, all resources."""
    return [it for it in found if lab is None or it.lab == owner(lab)]
