"""Uninstall a lab from existing machines and restore their previous state."""

from functools import partial

from labgen.console import Console
from labgen.errors import LabgenError
from labgen.faults.engine import undo
from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.providers.base import Provider
from labgen.system.parallel import gather
from labgen.system.process import CommandFailed
from labgen.up.context import Context
from labgen.up.graph import Outcome
from labgen.up.steps.uninstall import uninstall

CONNECT = 10.0  # seconds for a machine that is on
OWNER = "cat /etc/labgen/lab.env 2>/dev/null || true"


def deprovision(lab: Lab, provider: Provider, console: Console) -> None:
    """Uninstall the lab from all its machines concurrently. Machines that the lab never reached are
    left unchanged.

    Raises LabgenError when a machine does not answer or fails, after the others are done.
    """
    if not lab.ssh_config.exists() or not lab.machines:
        return  # `up` reached none of them, or all are left out
    access.ensure_route(lab)
    undo(lab)
    context = Context(lab, provider)
    done = gather({m.name: partial(_clear, context, m) for m in lab.machines})
    cleared = [name for name, outcome in done.items() if outcome is Outcome.CHANGED]
    if cleared:
        console.say(f"the cluster is uninstalled from {', '.join(cleared)}")
    silent = {name: it for name, it in done.items() if isinstance(it, LabgenError)}
    if silent:
        without = " ".join(f"--without {name}" for name in silent)
        raise LabgenError(
            f"lab {lab.name} is still on {', '.join(silent)}: no answer within {CONNECT:g} s",
            last_seen="\n    ".join(f"{name}: {_why(it)}" for name, it in silent.items()),
            hint=f"labgen down {lab.name}    resumes when they are back\n"
            f"labgen down {lab.name} {without}    leaves these machines and their cluster as "
            "they are",
        )


def _why(silence: LabgenError) -> str:
    return silence.last_seen or silence.message


def _clear(context: Context, machine: Machine) -> Outcome | LabgenError:
    """Uninstall the lab from one machine; return the error when it does not answer."""
    place = str(machine.address)
    try:
        context.ssh.connect(machine.name, place, timeout=CONNECT, port=machine.port)
    except CommandFailed:
        raise  # it answers, but the login fails
    except LabgenError as silence:
        return silence
    noted = context.ssh.run(machine.name, ["sh", "-c", OWNER], timeout=30).stdout
    owner = [line.partition("=")[2].strip("'") for line in noted.splitlines() if "LAB=" in line]
    if owner and owner != [context.lab.name]:
        return Outcome.OK  # it belongs to another lab by now
    return uninstall(context, machine)
