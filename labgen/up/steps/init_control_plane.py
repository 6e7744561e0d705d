"""Initialise the first control plane, and fetch the credentials that later steps use."""

from labgen.lab.lab import Machine
from labgen.render.files import kubeadm_init
from labgen.up.context import Context, in_payload
from labgen.up.graph import Outcome
from labgen.up.steps.fetch_credentials import fetch_credentials

TIMEOUT = 300.0


def init_control_plane(context: Context, machine: Machine) -> Outcome:
    """Run kubeadm init on machine and fetch the admin's credentials.

    Raises ScriptFailed with the last lines of kubeadm's output and the path of the complete log.
    """
    config = kubeadm_init(context.lab, context.machine_profile(machine), context.secrets)
    payload = in_payload({"kubeadm.yaml": config})
    outcome = context.run_phases(machine, "control-plane-init", files=payload, timeout=TIMEOUT)
    fetch_credentials(context, machine)
    return outcome
