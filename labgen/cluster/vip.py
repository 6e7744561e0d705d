"""The VIP: which machines have it on an interface now."""

from collections.abc import Sequence
from functools import partial

from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.machine.ssh import Ssh
from labgen.system.parallel import gather

TIMEOUT = 10.0  # seconds for one machine's answer, multiplied by the lab's slowdown
# Prints a line when the machine has the address that follows.
QUERY = ("ip", "-o", "-4", "address", "show", "to")


def holders(ssh: Ssh, lab: Lab, machines: Sequence[Machine]) -> list[str]:
    """Return the machines that have the VIP. A machine that does not answer counts as having
    none."""
    found = gather({m.name: partial(_holds, ssh, lab, m) for m in machines})
    return [name for name, holds in found.items() if holds]


def _holds(ssh: Ssh, lab: Lab, machine: Machine) -> bool:
    try:
        limit = TIMEOUT * lab.slowdown
        return bool(ssh.run(machine.name, [*QUERY, str(lab.vip)], timeout=limit).stdout.strip())
    except LabgenError:
        return False
