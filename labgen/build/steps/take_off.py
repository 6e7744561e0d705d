"""The way back: a machine that labgen did not make, as it was before."""

from labgen.build.context import Context
from labgen.build.graph import Outcome
from labgen.lab.lab import Machine


def take_off(context: Context, machine: Machine) -> Outcome:
    """Take the cluster and all that labgen brought off the machine."""
    return context.run_phases(machine, "take-off", files={}, timeout=600, afresh=True)
