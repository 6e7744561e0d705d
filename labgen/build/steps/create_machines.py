"""Machines that answer on SSH."""

from labgen.build.context import Context
from labgen.build.graph import Outcome


def create_machines(context: Context) -> Outcome:
    """Have the provider make or complete the lab's machines."""
    return Outcome.CHANGED if context.provider.create(context.lab) else Outcome.OK
