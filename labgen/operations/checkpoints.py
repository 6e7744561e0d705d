"""`labgen checkpoint`: a whole lab saved at one moment, and brought back to it."""

from labgen.console import Console
from labgen.lab import store
from labgen.providers.registry import provider
from labgen.system.journal import Journal


def save(name: str, checkpoint: str, console: Console) -> None:
    """Save the lab under that name; raises LabgenError when its machines cannot be saved."""
    lab = store.load(name)
    with store.hold(name, store.tell_waiting(name, console)):
        provider(lab.provider).save(lab, checkpoint)
        Journal(lab.journal).write("checkpoint-saved", name=checkpoint)
    console.say(f"lab {name} is saved as {checkpoint}")


def restore(name: str, checkpoint: str, console: Console) -> None:
    """Bring the lab back to the checkpoint; raises WrongCall when there is none of that name."""
    lab = store.load(name)
    with store.hold(name, store.tell_waiting(name, console)):
        Journal(lab.journal).write("checkpoint-restored", name=checkpoint)
        provider(lab.provider).restore(lab, checkpoint)
    console.say(f"lab {name} is as it was at {checkpoint}")


def delete(name: str, checkpoint: str, console: Console) -> None:
    """Forget a checkpoint; one that is not there is fine."""
    lab = store.load(name)
    with store.hold(name, store.tell_waiting(name, console)):
        provider(lab.provider).forget(lab, checkpoint)


def names(name: str) -> list[str]:
    """The lab's checkpoints."""
    lab = store.load(name)
    return list(provider(lab.provider).checkpoints(lab))
