"""What only some providers can do, as protocols; base.Provider is what all can do.

The caller checks for a protocol where it needs it: checkpoints_of() raises the error that users
see, other callers use isinstance().
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from labgen.bundle.store import Digests
from labgen.errors import LabgenError
from labgen.lab.lab import Lab
from labgen.providers.base import Provider
from labgen.scenario.model import MachineSpec, Scenario


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint of a lab, as its provider knows it."""

    name: str
    saved: datetime  # when all machines stood still, UTC
    size: int | None = None  # bytes that only this checkpoint uses; None if they are not known
    machines: Mapping[str, int] = field(default_factory=dict)  # the same, by machine
    parent: str = ""  # the checkpoint that was saved or restored last before; may be empty
    bundle: Digests | None = None  # which bundle it fits; None if that is not known
    version: str = ""  # of the labgen that saved it; empty if it is not known


@runtime_checkable
class Checkpoints(Protocol):
    """A provider that saves all machines of a lab at one moment, and restores them: disks and, if
    it can, their memory."""

    def save_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        """Save all machines under that name; a checkpoint of that name is replaced.

        Raises LabgenError when a machine is not running, or when there is no room.
        """
        ...

    def ensure_restorable(self, lab: Lab, checkpoint: str) -> None:
        """Raise UsageError when there is no such checkpoint, LabgenError when it is damaged."""
        ...

    def restore_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        """Restore all machines to the checkpoint, running and with the current time.

        Without saved memory they have booted as after a power cut. Raises what ensure_restorable
        raises, and LabgenError when there is no room; nothing has changed then.
        """
        ...

    def checkpoints(self, lab: Lab) -> Sequence[Checkpoint]:
        """Return the lab's checkpoints, the oldest first."""
        ...

    def damage(self, lab: Lab, checkpoint: str) -> Sequence[str] | None:
        """Return what of the checkpoint is missing or not as it was saved; None if the provider
        cannot tell. Raises UsageError when there is no such checkpoint."""
        ...

    def delete_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        """Delete a checkpoint, if it exists."""
        ...


@runtime_checkable
class CheckpointFiles(Protocol):
    """A provider that can write a checkpoint to a file, and read one."""

    def export_checkpoint(self, lab: Lab, checkpoint: str, file: Path) -> int:
        """Write the checkpoint to the file, which only its owner can read, and return its size.

        An older file is replaced once the new one is complete. Raises what ensure_restorable
        raises, and LabgenError when there is no room.
        """
        ...

    def import_checkpoint(self, lab: Lab, checkpoint: str, file: Path) -> None:
        """Add the checkpoint in the file to those of the lab that it was saved from.

        Raises UsageError when the file is no checkpoint of this lab, LabgenError when it is
        damaged, when it does not fit this host, or when there is no room; nothing has changed then.
        """
        ...


@runtime_checkable
class KeptCheckpoints(Protocol):
    """A provider whose checkpoints can outlive their lab."""

    def kept_labs(self) -> Sequence[Lab]:
        """Return the labs that no longer exist and whose checkpoints do."""
        ...

    def keep_checkpoints(self, lab: Lab, *, keep: bool) -> Sequence[str]:
        """Decide whether destroy() leaves the lab's checkpoints, and return the names of those that
        it leaves."""
        ...


@runtime_checkable
class Definitions(Protocol):
    """A provider that creates machines from files that users can read."""

    def rendered_definition(self, lab: Lab) -> Mapping[str, str]:
        """Return the files that define the lab's machines, by name. Nothing of the lab is created.

        Raises LabgenError if the bundle lacks something that the files name.
        """
        ...


@runtime_checkable
class PlannedChanges(Protocol):
    """A provider that changes existing machines and can list the changes beforehand."""

    def planned_changes(self, scenario: Scenario) -> Mapping[str, Sequence[str]]:
        """Return what `up` would change on each machine, by machine, as sentences for users."""
        ...


@runtime_checkable
class Isolation(Protocol):
    """A provider whose labs depend on the packet filter of this host."""

    def isolation_problems(self, lab: Lab) -> Sequence[str]:
        """Return what is wrong with the packet filter around a lab that runs, as sentences for
        users with the remedy."""
        ...


@dataclass(frozen=True)
class Demand:
    """What machines need of this host; memory and disk in MiB."""

    memory: int
    disk: int
    cores: float  # busy while the lab idles
    place: Path  # where their disks are
    memory_is_limit: bool = False  # they never need more than that, and at first less


@runtime_checkable
class Demanding(Protocol):
    """A provider that creates machines on this host, and knows what they need of it."""

    def demand(self, new: Sequence[MachineSpec], starting: Sequence[MachineSpec]) -> Demand | None:
        """Return what new machines, and existing ones that are switched on, need in addition; None
        when they are on another host."""
        ...


def checkpoints_of(provider: Provider, lab: Lab) -> Checkpoints:
    """Return the provider's checkpoints.

    Raises LabgenError when its machines cannot be saved.
    """
    if isinstance(provider, Checkpoints):
        return provider
    raise LabgenError(
        f"lab {lab.name} cannot be saved: its machines are {provider.machine_kind}",
        hint="labs of system containers and of virtual machines can be",
    )
