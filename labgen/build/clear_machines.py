"""Machines that exist are left as they were: the cluster is taken off them, and nothing else."""

from functools import partial

from labgen.build.context import Context
from labgen.build.graph import Outcome
from labgen.build.steps.take_off import take_off
from labgen.faults.operate import undo
from labgen.lab import access
from labgen.lab.lab import Lab, Machine
from labgen.providers.base import Provider
from labgen.report.console import Console
from labgen.system.parallel import gather

CONNECT = 10.0  # seconds for a machine that is on
OWNER = "cat /etc/labgen/lab.env 2>/dev/null || true"


def clear_machines(lab: Lab, provider: Provider, console: Console) -> None:
    """Take the lab off all its machines, side by side; those that it never came to are left alone.

    Raises LabgenError when a machine does not answer or its way back fails; the others are done.
    """
    if not lab.ssh_config.exists():
        return  # `up` ended before it reached any
    access.ensure_route(lab)
    undo(lab)
    context = Context(lab, provider)
    done = gather({m.name: partial(_clear, context, m) for m in lab.machines})
    cleared = [name for name, outcome in done.items() if outcome is Outcome.CHANGED]
    if cleared:
        console.say(f"the cluster is off {', '.join(cleared)}")


def _clear(context: Context, machine: Machine) -> Outcome:
    context.ssh.connect(machine.name, str(machine.address), timeout=CONNECT, port=machine.port)
    noted = context.ssh.run(machine.name, ["sh", "-c", OWNER], timeout=30).stdout
    owner = [line.partition("=")[2].strip("'") for line in noted.splitlines() if "LAB=" in line]
    if owner and owner != [context.lab.name]:
        return Outcome.OK  # another lab came to it since
    return take_off(context, machine)
