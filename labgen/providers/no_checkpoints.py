"""Checkpoints of providers whose machines cannot be saved: there are none."""

from collections.abc import Sequence

from labgen.errors import LabgenError, UsageError
from labgen.lab.lab import Lab


class Unsaved:
    """The part of base.Provider that is about checkpoints. unsaved says what the machines are, so
    that it can stand between "lab NAME is" and "which cannot be saved"."""

    unsaved: str

    def save(self, lab: Lab, checkpoint: str) -> None:  # noqa: ARG002 - see base.Provider
        """See base.Provider."""
        raise LabgenError(
            f"lab {lab.name} is {self.unsaved}, which cannot be saved",
            hint="virtual machines can: labgen up ... --provider libvirt",
        )

    def restore(self, lab: Lab, checkpoint: str) -> None:
        """See base.Provider."""
        raise UsageError(f"lab {lab.name} has no checkpoint {checkpoint}", hint="it has: none")

    def checkpoints(self, lab: Lab) -> Sequence[str]:  # noqa: ARG002 - there are none
        """See base.Provider."""
        return []

    def forget(self, lab: Lab, checkpoint: str) -> None:
        """See base.Provider."""
