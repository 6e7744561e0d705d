"""The way back: a machine that labgen did not make, as it was before."""

from labgen.lab.lab import Machine
from labgen.up.context import Context
from labgen.up.graph import Outcome
from labgen.up.steps.prepare import lab_env, reach

TIMEOUT = 600.0


def uninstall(context: Context, machine: Machine) -> Outcome:
    """Take the cluster and all that labgen brought off the machine; fine on one that has nothing.

    Needs no bundle. Raises LabgenError when the machine does not answer on SSH, ScriptFailed when
    it is not as it was: calling it again goes on.
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
