"""`labgen checkpoint`: save all machines of a lab at one moment, and restore them.

Every function except found() raises LabgenError if the lab's machines cannot be saved.
"""

import logging
from collections.abc import Sequence

from labgen.console import Console
from labgen.errors import LabgenError
from labgen.faults.engine import active, undo
from labgen.lab import ownership, store
from labgen.lab.lab import Lab
from labgen.providers.optional import Checkpoint, Checkpoints, checkpoints_of
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
    with store.hold(name, store.tell_waiting(name, console)):
        ownership.ensure_original(lab)
        if faults := active(lab):
            raise LabgenError(
                f"lab {name} was not saved: faults are in effect",
                last_seen=", ".join(map(str, faults)),
                hint=f"labgen fault heal {name}",
            )
        able.save_checkpoint(lab, checkpoint)
        Journal(lab.journal).write("checkpoint-saved", name=checkpoint)
    console.say(f"lab {name} is saved as {checkpoint}")


def restore(name: str, checkpoint: str, console: Console) -> None:
    """Restore the lab to the checkpoint, without faults, and wait until its cluster is healthy.

    Raises UsageError if there is none of that name, LabgenError if it is damaged, or if the cluster
    does not become healthy.
    """
    lab = store.load(name)
    machines = provider(lab.provider)
    able = checkpoints_of(machines, lab)
    with store.hold(name, store.tell_waiting(name, console)):
        ownership.ensure_original(lab)
        able.ensure_restorable(lab, checkpoint)
        undone = _try_undo(lab)
        able.restore_checkpoint(lab, checkpoint)
        Journal(lab.journal).write("checkpoint-restored", name=checkpoint)
        if not undone:
            undo(lab)
        if lab.kubeconfig.exists():
            await_ready(Context(lab, machines))
    console.say(f"lab {name} is restored to {checkpoint}")


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
    """Remove a checkpoint, if it exists."""
    lab = store.load(name)
    able = checkpoints_of(provider(lab.provider), lab)
    with store.hold(name, store.tell_waiting(name, console)):
        ownership.ensure_original(lab)
        able.delete_checkpoint(lab, checkpoint)


def found(name: str) -> Sequence[Checkpoint]:
    """Return the lab's checkpoints, the oldest first; empty if its machines cannot be saved."""
    lab = store.load(name)
    machines = provider(lab.provider)
    return machines.checkpoints(lab) if isinstance(machines, Checkpoints) else []
