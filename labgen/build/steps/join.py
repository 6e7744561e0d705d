"""Further machines into the cluster, through the VIP."""

from labgen.build.context import Context, in_payload
from labgen.build.graph import Outcome
from labgen.lab.lab import Machine
from labgen.render.files import kubeadm_join

TIMEOUT = 300.0


def join(context: Context, machine: Machine) -> Outcome:
    """Join one machine, as control plane or worker.

    Raises PhaseFailed with the last lines of kubeadm's output and the path of the whole log.
    """
    secrets, pin = context.secrets, context.ca_hash
    config = kubeadm_join(context.lab, machine, context.adaptation, secrets, ca_hash=pin)
    payload = in_payload({"kubeadm.yaml": config})
    return context.run_phases(machine, "join", files=payload, timeout=TIMEOUT)
