"""`labgen checkpoint`: save all machines of a lab at one moment, restore them, and move the result
to another host.

Every function raises LabgenError if the lab's machines cannot be saved.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from labgen.console import Console
from labgen.errors import LabgenError, UsageError
from labgen.exercises import progress
from labgen.faults.engine import active, undo
from labgen.lab import identity, ownership, store
from labgen.lab.lab import Lab
from labgen.operations import checkpoint_listing
from labgen.operations.checkpoint_listing import Listed
from labgen.providers.optional import CheckpointFiles, Checkpoints, checkpoints_of
from labgen.providers.registry import provider
from labgen.system.interrupt import Interrupted
from labgen.system.journal import Journal
from labgen.up.context import Context
from labgen.up.steps.await_ready import await_ready

logger = logging.getLogger(__name__)


def save(name: str, checkpoint: str, console: Console) -> None:
    """Save the lab under that name.

    Raises LabgenError while a fault is in effect: some are on the machines' disks, and a restored
    lab would have them without a record by which they could be healed.
    """
    lab = store.load(name)
    able = checkpoints_of(provider(lab.provider), lab)
    waiting = store.tell_waiting(name, console)
    with store.hold_alone(name, waiting, doing="checkpoint save"):
        ownership.ensure_original(lab)
        save_held(lab, able, checkpoint)
    console.say(f"lab {name} is saved as {checkpoint}")


def save_held(lab: Lab, able: Checkpoints, checkpoint: str) -> None:
    """Do the same for a caller that has the lab's lock."""
    if faults := active(lab):
        raise LabgenError(
            f"lab {lab.name} was not saved: faults are in effect",
            last_seen=", ".join(map(str, faults)),
            hint=f"labgen fault heal {lab.name}",
        )
    able.save_checkpoint(lab, checkpoint)
    Journal(lab.journal).write("checkpoint-saved", name=checkpoint)


def restore(name: str, checkpoint: str, console: Console) -> None:
    """Restore the lab to the checkpoint, without faults, and wait until its cluster is healthy.

    Raises UsageError if there is none of that name, LabgenError if it is damaged, or if the cluster
    does not become healthy.
    """
    lab = _existing(name, checkpoint)
    machines = provider(lab.provider)
    able = checkpoints_of(machines, lab)
    waiting = store.tell_waiting(name, console)
    with store.hold_alone(name, waiting, doing="checkpoint restore"):
        ownership.ensure_original(lab)
        roll_back(lab, able, checkpoint)
        if lab.kubeconfig.exists():
            await_ready(Context(lab, machines))
    console.say(f"lab {name} is restored to {checkpoint}")


def roll_back(lab: Lab, able: Checkpoints, checkpoint: str) -> None:
    """Restore the lab to the checkpoint, without faults, for a caller that has the lab's lock and
    waits for the state of its cluster."""
    able.ensure_restorable(lab, checkpoint)
    undone = _try_undo(lab)
    able.restore_checkpoint(lab, checkpoint)
    Journal(lab.journal).write("checkpoint-restored", name=checkpoint)
    if not undone:
        undo(lab)


def _existing(name: str, checkpoint: str) -> Lab:
    """Return the lab of that name. Raises UsageError if it does not exist, with the command that
    brings up a kept checkpoint."""
    try:
        return store.load(name)
    except UsageError:
        kept = checkpoint_listing.one(name, checkpoint)
        raise UsageError(
            f"lab {name} was removed; its checkpoint {checkpoint} can become a new lab",
            hint=f"labgen up --from {kept.lab_name}/{checkpoint} --name {kept.lab.name}",
        ) from None


def _try_undo(lab: Lab) -> bool:
    """Heal the lab's faults and return whether all were healed. A machine that is off or does not
    answer keeps its fault until it is restored."""
    try:
        undo(lab)
    except Interrupted:
        raise
    except LabgenError as error:
        logger.debug("healed after the restore: %s", error)
        return False
    return True


def remove(name: str, checkpoint: str, console: Console) -> None:
    """Remove a checkpoint, if it exists; also one that was kept when its lab was removed."""
    lab = _holder(name, checkpoint)
    able = checkpoints_of(provider(lab.provider), lab)
    with store.hold(lab.name, store.tell_waiting(lab.name, console)):
        ownership.ensure_original(lab)
        _ensure_unused(lab, checkpoint)
        able.delete_checkpoint(lab, checkpoint)


def _ensure_unused(lab: Lab, checkpoint: str) -> None:
    """Raise UsageError if the lab's exercise needs the checkpoint. A removed lab has none, but a
    later one of its name may have."""
    exists = identity.known(lab.directory) == lab.id
    if (
        exists
        and checkpoint.startswith(progress.RESERVED)
        and (lab.directory / progress.FILE).exists()
    ):
        raise UsageError(
            f"checkpoint {checkpoint} belongs to the exercise of lab {lab.name}",
            hint=f"labgen exercise abort {lab.name}",
        )


def _holder(name: str, checkpoint: str) -> Lab:
    """Return the lab with the checkpoint; the lab of that name if there is none, or if it cannot be
    read."""
    with suppress(LabgenError):
        return checkpoint_listing.one(name, checkpoint).lab
    if name not in store.names() and (kept := checkpoint_listing.kept_of(name)):
        return kept[0]
    return store.load(name)


def inspect(name: str, checkpoint: str, console: Console) -> tuple[Listed, Sequence[str] | None]:
    """Return the checkpoint, and what of it is damaged; None if that cannot be told.

    Raises UsageError if there is none of that name.
    """
    found = checkpoint_listing.one(name, checkpoint)
    able = checkpoints_of(provider(found.lab.provider), found.lab)
    with store.hold(found.lab.name, store.tell_waiting(found.lab.name, console)):
        return found, able.damage(found.lab, checkpoint)


def export(name: str, checkpoint: str, file: Path, console: Console) -> None:
    """Write the checkpoint to the file. Raises UsageError if there is none of that name."""
    found = checkpoint_listing.one(name, checkpoint)
    able = _files_of(found.lab, "exported")
    with store.hold(found.lab.name, store.tell_waiting(found.lab.name, console)):
        size = able.export_checkpoint(found.lab, checkpoint, file)
    console.say(
        f"checkpoint {checkpoint} of lab {name} is in {file}, {size / 1024**2:.1f} MiB; "
        "it has the cluster's keys: keep it as you keep a password"
    )


def import_(name: str, checkpoint: str, file: Path, console: Console) -> None:
    """Add the checkpoint in the file to those of the lab that it was saved from."""
    try:
        lab = store.load(name)
    except UsageError as error:
        error.hint = f"{error.hint}\nto create it: labgen up --from {file} --name {name}"
        raise
    able = _files_of(lab, "imported")
    with store.hold(name, store.tell_waiting(name, console)):
        ownership.ensure_original(lab)
        able.import_checkpoint(lab, checkpoint, file)
    console.say(f"checkpoint {checkpoint} of lab {name} is imported from {file}")


def _files_of(lab: Lab, what: str) -> CheckpointFiles:
    machines = provider(lab.provider)
    checkpoints_of(machines, lab)
    if isinstance(machines, CheckpointFiles):
        return machines
    raise LabgenError(
        f"checkpoints of {machines.machine_kind} cannot be {what}: they are a part of their disks",
        hint="those of system containers can be",
    )
