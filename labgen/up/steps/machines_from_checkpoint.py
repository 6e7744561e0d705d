"""Make all machines of a lab from the checkpoint that is its origin."""

from labgen.lab import store
from labgen.lab.lab import Origin
from labgen.providers.optional import clones_of
from labgen.system.journal import Journal
from labgen.up.context import Context
from labgen.up.graph import Outcome
from labgen.up.steps.prepare import sent_files

MADE = "machines-made"  # in the journal: from then on, all that a cold `up` does is done


def unpack_machines(context: Context) -> Outcome:
    """Create the machines, switched off, with the disks of the checkpoint.

    Raises CheckpointUnusable if it is missing or damaged.
    """
    clones_of(context.provider).unpack_machines(context.lab, _origin(context).path)
    return Outcome.CHANGED


def relocate_machines(context: Context) -> Outcome:
    """Give the machines, which are off, this lab's addresses, passwords and certificates."""
    clones, origin = clones_of(context.provider), _origin(context)
    saved = clones.describe_saved(origin.path)  # a damaged one cannot be unpacked
    clones.relocate_machines(
        context.lab,
        saved.lab,
        {machine.name: sent_files(context, machine) for machine in context.lab.machines},
        same_certificates=origin.same_certificates,
    )
    return Outcome.CHANGED


def switch_on_machines(context: Context) -> Outcome:
    """Switch all machines on. From then on this is an ordinary lab."""
    clones_of(context.provider).switch_on_machines(context.lab)
    Journal(context.lab.journal).write(MADE, origin=str(_origin(context).path))
    store.finish_making(context.lab)
    return Outcome.CHANGED


def _origin(context: Context) -> Origin:
    origin = context.lab.origin
    if origin is None:
        raise ValueError(f"lab {context.lab.name} is not made from a checkpoint")
    return origin
