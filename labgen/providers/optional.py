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
from labgen.render.files import File
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


class CheckpointUnusable(LabgenError):
    """A checkpoint is damaged or missing, or cannot be turned into another lab."""


@dataclass(frozen=True)
class SavedLab:
    """A checkpoint from which other labs can be made."""

    path: Path  # its directory, or the file that it was exported to
    lab: Lab  # as it was when it was saved
    saved: datetime  # when all machines stood still, UTC
    size: int  # bytes that only it uses
    bundle: Digests | None = None  # which bundle it fits; None if that is not known


@runtime_checkable
class Clones(Protocol):
    """A provider that makes the machines of a lab from a checkpoint of another one.

    The three steps follow each other. As long as the last has not returned, the next attempt begins
    with the first, which discards what there is of the lab's machines.
    """

    def find_saved(self, reference: str) -> tuple[str, Path]:
        """Return the checkpoint of that reference, LAB/CHECKPOINT or CHECKPOINT, as LAB/CHECKPOINT
        and its path. Raises UsageError if there is none, or more than one."""
        ...

    def describe_saved(self, path: Path) -> SavedLab:
        """Return the checkpoint at path, unverified: it may be damaged, or not fit this host.

        Raises CheckpointUnusable if its description cannot be read.
        """
        ...

    def read_saved(self, path: Path) -> SavedLab:
        """Return the checkpoint at path, a directory or an exported file.

        Raises CheckpointUnusable if it cannot be read or is damaged, HostUnfit if this host does
        not have the bundle that it stands on.
        """
        ...

    def save_at(self, lab: Lab, path: Path) -> SavedLab:
        """Save all machines of the lab, which must be running, as the directory path. Raises
        LabgenError like Checkpoints.save_checkpoint()."""
        ...

    def unpack_machines(self, lab: Lab, path: Path) -> None:
        """Create the lab's machines, switched off, with the disks of the checkpoint at path.

        Raises CheckpointUnusable if it is damaged.
        """
        ...

    def relocate_machines(
        self,
        lab: Lab,
        saved: Lab,
        payloads: Mapping[str, Mapping[str, File]],
        *,
        same_certificates: bool,
    ) -> None:
        """Change the disks from the saved lab's addresses and certificates to the lab's own.

        payloads has the files that `up` sends to each machine, by path. Raises LabgenError if the
        disks cannot be changed.
        """
        ...

    def switch_on_machines(self, lab: Lab) -> None:
        """Switch all machines on."""
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

        Raises UsageError when the file is no checkpoint of this lab, HostUnfit when it does not fit
        this host, LabgenError when it is damaged or when there is no room; nothing has changed
        then.
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


@runtime_checkable
class MemoryUse(Protocol):
    """A provider that can tell how much memory of this host a lab uses now."""

    def memory_used(self, lab: Lab) -> int | None:
        """Return MiB, without what the kernel could drop; None if that is not known."""
        ...


def clones_of(provider: Provider) -> Clones:
    """Return the provider's ability to make labs from checkpoints.

    Raises LabgenError when it has none.
    """
    if isinstance(provider, Clones):
        return provider
    raise LabgenError(
        f"no lab can be made from a checkpoint of {provider.machine_kind}",
        hint="it can from one of system containers",
    )


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
