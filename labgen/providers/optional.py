"""What only some providers can do, each as a protocol of its own; base.Provider is what all can.

Who needs such an ability asserts it where it is used: checkpoints_of() raises the one error that
users see, the others are looked for with isinstance().
"""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from labgen.errors import LabgenError
from labgen.lab.lab import Lab
from labgen.providers.base import Provider
from labgen.scenario.model import Scenario


@runtime_checkable
class Checkpoints(Protocol):
    """A provider that saves disk and memory of a whole lab at one moment, and restores them."""

    def save_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        """Save all machines under that name; a checkpoint of that name is replaced.

        Raises LabgenError when a machine is not running.
        """
        ...

    def restore_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        """Restore all machines as they were then, running and with the current time.

        Raises UsageError when there is no such checkpoint.
        """
        ...

    def checkpoints(self, lab: Lab) -> Sequence[str]:
        """Return the names of the lab's checkpoints."""
        ...

    def delete_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        """Delete a checkpoint; one that does not exist is fine."""
        ...


@runtime_checkable
class Definitions(Protocol):
    """A provider whose machines are created from files that users can read."""

    def rendered_definition(self, lab: Lab) -> Mapping[str, str]:
        """Return the files that define the lab's machines, by name. Nothing of the lab is created.

        Raises LabgenError while the bundle lacks what they name.
        """
        ...


@runtime_checkable
class PlannedChanges(Protocol):
    """A provider that changes existing machines and can list the changes beforehand."""

    def planned_changes(self, scenario: Scenario) -> Mapping[str, Sequence[str]]:
        """Return what `up` would change on each machine, by machine, as sentences for users."""
        ...


def checkpoints_of(provider: Provider, lab: Lab) -> Checkpoints:
    """Return the provider's checkpoints.

    Raises LabgenError when its machines cannot be saved.
    """
    if isinstance(provider, Checkpoints):
        return provider
    raise LabgenError(
        f"lab {lab.name} cannot be saved: its machines are {provider.machine_kind}",
        hint="virtual machines can be: labgen up ... --provider libvirt",
    )
