"""Bootstrap an existing machine: record its state, then install what it lacks."""

from labgen.lab.lab import Machine
from labgen.render.files import environment
from labgen.up.context import Context
from labgen.up.graph import Outcome
from labgen.up.steps.prepare import lab_env, reach
from labgen.up.transfer import deliver, parcels

TIMEOUT = 900.0
PHASES = ("snapshot-state", "packages", "snapshot-state")
SUITE = '. /etc/os-release && echo "${VERSION_CODENAME:-}"'


def bootstrap(context: Context, machine: Machine) -> Outcome:
    """Record the machine's state, send it the bundle's files and install packages.

    Raises LabgenError if the bundle has no packages for its system, ScriptFailed if a phase fails.
    """
    reach(context, machine)
    suite = context.ssh.run(machine.name, ["sh", "-c", SUITE], timeout=30).stdout.strip()
    brought = deliver(context, machine, parcels(context, suite))
    files = lab_env(environment(context.lab, machine, context.bundle.images))
    installed = context.run_phases(
        machine, *PHASES, files=files, timeout=TIMEOUT, afresh=True, downloads=True
    )
    return Outcome.CHANGED if Outcome.CHANGED in (brought, installed) else Outcome.OK
