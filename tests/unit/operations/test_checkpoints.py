"""Saving and restoring a lab by a provider that can, or an error with the reason."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from labgen.console import Console
from labgen.errors import LabgenError, UsageError
from labgen.exercises import progress
from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.operations import checkpoint_listing, checkpoints
from labgen.providers.base import Provider
from labgen.providers.optional import Checkpoint
from labgen.providers.ssh.provider import SshProvider
from tests.unit.lab.samples import made

QUIET = Console(quiet=True)


NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


class Saving(SshProvider):
    """Machines that can be saved."""

    def __init__(self) -> None:
        self.saved: list[str] = []
        self.restored: list[str] = []

    def save_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        assert lab.name == "demo"
        self.saved.append(checkpoint)

    def ensure_restorable(self, lab: Lab, checkpoint: str) -> None:
        if checkpoint not in self.saved:
            raise UsageError(f"there is no checkpoint {checkpoint}")

    def restore_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        assert lab.name == "demo"
        self.restored.append(checkpoint)

    def checkpoints(self, lab: Lab) -> Sequence[Checkpoint]:
        return [Checkpoint(name, NOON) for name in self.saved]

    def damage(self, lab: Lab, checkpoint: str) -> Sequence[str] | None:
        self.ensure_restorable(lab, checkpoint)
        return None

    def delete_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        self.saved.remove(checkpoint)


def _found(name: str) -> list[Checkpoint]:
    return [it.checkpoint for it in checkpoint_listing.of_lab(name)]


def _use(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "provider", lambda _: provider)
    monkeypatch.setattr(checkpoint_listing, "provider", lambda _: provider)
    made("single", "demo")


def test_a_lab_is_saved_restored_and_its_checkpoint_removed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    able = Saving()
    _use(able, monkeypatch)
    checkpoints.save("demo", "before", QUIET)
    checkpoints.restore("demo", "before", QUIET)
    assert able.restored == ["before"]
    assert _found("demo") == [Checkpoint("before", NOON)]
    checkpoints.remove("demo", "before", QUIET)
    assert _found("demo") == []


def test_faults_stay_when_there_is_nothing_to_restore(monkeypatch: pytest.MonkeyPatch) -> None:
    able = Saving()
    _use(able, monkeypatch)
    undone: list[str] = []
    monkeypatch.setattr(checkpoints, "undo", lambda lab: undone.append(lab.name))
    with pytest.raises(UsageError, match="no checkpoint before"):
        checkpoints.restore("demo", "before", QUIET)
    assert (undone, able.restored) == ([], [])
    checkpoints.save("demo", "before", QUIET)
    checkpoints.restore("demo", "before", QUIET)
    assert (undone, able.restored) == (["demo"], ["before"])


def test_an_exercise_needs_the_checkpoints_of_its_own_lab_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    saving = Saving()
    saving.saved = ["exercise-healthy"]
    _use(saving, monkeypatch)
    lab = store.load("demo")
    (lab.directory / progress.FILE).touch()
    with pytest.raises(UsageError, match="belongs to the exercise of lab demo"):
        checkpoints.remove("demo", "exercise-healthy", QUIET)
    removed = replace(lab, identity="01234567")  # an earlier lab of that name
    monkeypatch.setattr(checkpoints, "_holder", lambda *_: removed)
    checkpoints.remove("demo", "exercise-healthy", QUIET)
    assert saving.saved == []


def test_a_lab_is_not_saved_with_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    able = Saving()
    _use(able, monkeypatch)
    monkeypatch.setattr(checkpoints, "active", lambda _: ["etcd-full on master2"])
    with pytest.raises(LabgenError) as refused:
        checkpoints.save("demo", "before", QUIET)
    assert str(refused.value).splitlines() == [
        "lab demo was not saved: faults are in effect",
        "  last seen: etcd-full on master2",
        "  labgen fault heal demo",
    ]
    assert able.saved == []


def test_a_fault_of_a_machine_that_is_off_is_healed_after_the_restore(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    able = Saving()
    _use(able, monkeypatch)
    checkpoints.save("demo", "before", QUIET)
    restored: list[bool] = []

    def undo(_: Lab) -> None:
        restored.append(bool(able.restored))
        if not able.restored:
            raise LabgenError("the machine is off")

    monkeypatch.setattr(checkpoints, "undo", undo)
    checkpoints.restore("demo", "before", QUIET)
    assert restored == [False, True]


def test_machines_that_cannot_be_saved_are_named_with_those_that_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _use(SshProvider(), monkeypatch)
    for act in (checkpoints.save, checkpoints.restore, checkpoints.remove):
        with pytest.raises(LabgenError) as refused:
            act("demo", "before", QUIET)
        assert str(refused.value).splitlines() == [
            "lab demo cannot be saved: its machines are existing machines",
            "  labs of system containers and of virtual machines can be",
        ]
    assert _found("demo") == []
