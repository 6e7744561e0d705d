"""Install the pod network, and have CoreDNS run on two machines before its first pod starts."""

from labgen.lab.lab import Machine
from labgen.up.context import Context
from labgen.up.graph import Outcome

TIMEOUT = 120.0


def install_cni(context: Context, machine: Machine) -> Outcome:
    """Apply flannel's manifest and CoreDNS's placement with the first control plane's kubectl."""
    return context.run_phases(machine, "coredns", "cni", files={}, timeout=TIMEOUT)
