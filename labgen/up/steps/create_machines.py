"""Create the machines. Afterwards they answer on SSH and have no active fault."""

from labgen.faults.engine import undo
from labgen.up.context import Context
from labgen.up.graph import Outcome


def create_machines(context: Context) -> Outcome:
    """Have the provider create or complete the lab's machines, and heal all faults."""
    changed = context.provider.create(context.lab)
    healed = undo(context.lab)
    return Outcome.CHANGED if changed or healed else Outcome.OK
