"""Saving and restoring a lab by a provider that can, or an error with the reason."""

from collections.abc import Sequence

import pytest

from labgen.console import Console
from labgen.errors import LabgenError
from labgen.lab.lab import Lab
from labgen.operations import checkpoints
from labgen.providers.base import Provider
from labgen.providers.container.provider import ContainerProvider
from tests.unit.lab.samples import made

QUIET = Console(quiet=True)


class Saving(ContainerProvider):
    """Machines that can be saved."""

    def __init__(self) -> None:
        self.saved: dict[str, str] = {}

    def save_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        self.saved[checkpoint] = lab.name

    def restore_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        assert self.saved[checkpoint] == lab.name

    def checkpoints(self, lab: Lab) -> Sequence[str]:
        return list(self.saved)

    def delete_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        self.saved.pop(checkpoint, None)


def _use(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "provider", lambda _: provider)
    made("single", "demo")


def test_a_lab_is_saved_restored_and_its_checkpoint_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _use(Saving(), monkeypatch)
    checkpoints.save("demo", "before", QUIET)
    checkpoints.restore("demo", "before", QUIET)
    assert checkpoints.names("demo") == ["before"]
    checkpoints.delete("demo", "before", QUIET)
    assert checkpoints.names("demo") == []


def test_machines_that_cannot_be_saved_are_named_with_those_that_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _use(ContainerProvider(), monkeypatch)
    for act in (checkpoints.save, checkpoints.restore, checkpoints.delete):
        with pytest.raises(LabgenError) as refused:
            act("demo", "before", QUIET)
        assert str(refused.value).splitlines() == [
            "lab demo cannot be saved: its machines are system containers",
            "  virtual machines can be: labgen up SCENARIO --name OTHER --provider libvirt",
        ]
    assert checkpoints.names("demo") == []
