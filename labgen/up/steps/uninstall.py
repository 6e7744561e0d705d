"""Uninstall: restore an existing machine to its state before the lab."""

from labgen.lab.lab import Machine
from labgen.up.context import Context
from labgen.up.graph import Outcome
from labgen.up.steps.prepare import lab_env, reach

TIMEOUT = 600.0


def uninstall(context: Context, machine: Machine) -> Outcome:
    """Remove the cluster and everything that labgen installed; do nothing on a machine without it.

    Needs no bundle. Raises LabgenError if the machine does not answer on SSH, ScriptFailed if its
    state cannot be restored; the next call resumes.
    """
    reach(context, machine)
    lab = context.lab
    variables = {
        "LAB": lab.name,  # whose machine it is until the last file is gone
        "API_ENDPOINT": lab.endpoint,
        "POD_SUBNET": str(lab.scenario.kubernetes.pod_subnet),
    }
    return context.run_phases(
        machine, "uninstall", files=lab_env(variables), timeout=TIMEOUT, afresh=True
    )
