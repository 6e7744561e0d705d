"""`labgen checkpoint`: save all machines of a lab at one moment, and restore them.

Every function except found() raises LabgenError if the lab's machines cannot be saved.
"""

from collections.abc import Sequence

from labgen.console import Console
from labgen.errors import LabgenError
from labgen.faults.engine import active, undo
from labgen.lab import store
from labgen.providers.optional import Checkpoint, Checkpoints, checkpoints_of
from labgen.providers.registry import provider
from labgen.system.journal import Journal
from labgen.up.context import Context
from labgen.up.steps.await_ready import await_ready


def save(name: str, checkpoint: str, console: Console) -> None:
    """Save the lab under that name.

    Raises LabgenError if a fault is active: it would return with the machines, unknown to heal().
    """
    lab = store.load(name)
    able = checkpoints_of(provider(lab.provider), lab)
    with store.hold(name, store.tell_waiting(name, console)):
        if found := active(lab):
            raise LabgenError(
                f"lab {name} was not saved: a fault is active, and a restore could not heal it",
                last_seen="; ".join(map(str, found)),
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
        able.ensure_restorable(lab, checkpoint)
        Journal(lab.journal).write("checkpoint-restored", name=checkpoint)
        undo(lab)
        able.restore_checkpoint(lab, checkpoint)
        if lab.kubeconfig.exists():
            await_ready(Context(lab, machines))
    console.say(f"lab {name} is restored to {checkpoint}")


def remove(name: str, checkpoint: str, console: Console) -> None:
    """Remove a checkpoint, if it exists."""
    lab = store.load(name)
    able = checkpoints_of(provider(lab.provider), lab)
    with store.hold(name, store.tell_waiting(name, console)):
        able.delete_checkpoint(lab, checkpoint)


def found(name: str) -> Sequence[Checkpoint]:
    """Return the lab's checkpoints, the oldest first; empty if its machines cannot be saved."""
    lab = store.load(name)
    machines = provider(lab.provider)
    return machines.checkpoints(lab) if isinstance(machines, Checkpoints) else []
