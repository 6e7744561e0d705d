"""`labgen checkpoint`: save all machines of a lab at one moment, and restore them.

Every function except names() raises LabgenError if the lab's machines cannot be saved.
"""

from labgen.console import Console
from labgen.lab import store
from labgen.providers.optional import Checkpoints, checkpoints_of
from labgen.providers.registry import provider
from labgen.system.journal import Journal


def save(name: str, checkpoint: str, console: Console) -> None:
    """Save the lab under that name."""
    lab = store.load(name)
    able = checkpoints_of(provider(lab.provider), lab)
    with store.hold(name, store.tell_waiting(name, console)):
        able.save_checkpoint(lab, checkpoint)
        Journal(lab.journal).write("checkpoint-saved", name=checkpoint)
    console.say(f"lab {name} is saved as {checkpoint}")


def restore(name: str, checkpoint: str, console: Console) -> None:
    """Restore the lab to the checkpoint. Raises UsageError if there is none of that name."""
    lab = store.load(name)
    able = checkpoints_of(provider(lab.provider), lab)
    with store.hold(name, store.tell_waiting(name, console)):
        Journal(lab.journal).write("checkpoint-restored", name=checkpoint)
        able.restore_checkpoint(lab, checkpoint)
    console.say(f"lab {name} is restored to {checkpoint}")


def delete(name: str, checkpoint: str, console: Console) -> None:
    """Delete a checkpoint, if it exists."""
    lab = store.load(name)
    able = checkpoints_of(provider(lab.provider), lab)
    with store.hold(name, store.tell_waiting(name, console)):
        able.delete_checkpoint(lab, checkpoint)


def names(name: str) -> list[str]:
    """Return the names of the lab's checkpoints; empty if its machines cannot be saved."""
    lab = store.load(name)
    found = provider(lab.provider)
    return list(found.checkpoints(lab)) if isinstance(found, Checkpoints) else []
