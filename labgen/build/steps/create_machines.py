"""Machines that answer on SSH, with no fault on them."""

from labgen.build.context import Context
from labgen.build.graph import Outcome
from labgen.faults.operate import undo


def create_machines(context: Context) -> Outcome:
    """Have the provider make or complete the lab's machines, and undo all faults."""
    changed = context.provider.create(context.lab)
    healed = undo(context.lab)
    return Outcome.CHANGED if changed or healed else Outcome.OK
