"""Prepare a machine: install everything that Kubernetes needs, before there is a cluster."""

import shlex
from collections.abc import Mapping

from labgen.lab.lab import Machine
from labgen.machine.access import ensure_route
from labgen.render.files import File, environment, payload
from labgen.render.runtimes import RUNTIMES
from labgen.scenario.model import Role
from labgen.up.context import Context, in_payload
from labgen.up.graph import Outcome
from labgen.up.transfer import deliver, runtime_parcels

CONNECT_TIMEOUT = 90.0
TIMEOUT = 180.0
BEFORE = ("kernel", "identity")
AFTER = ("kubernetes", "images")


def reach(context: Context, machine: Machine) -> None:
    """Wait until the machine answers on SSH. Raises LabgenError if it does not."""
    ensure_route(context.lab)
    limit = CONNECT_TIMEOUT * context.lab.slowdown
    context.ssh.connect(machine.name, str(machine.address), timeout=limit, port=machine.port)


def lab_env(variables: Mapping[str, str]) -> dict[str, File]:
    """Return the file with the variables of the phases."""
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in variables.items()]
    return {"etc/labgen/lab.env": File("".join(lines), 0o600)}


def sent_files(context: Context, machine: Machine) -> dict[str, File]:
    """Return the files that prepare() sends, by their paths below /. They contain secrets."""
    profile, secrets = context.machine_profile(machine), context.secrets
    files = in_payload(payload(context.lab, machine, profile, context.images, secrets))
    return files | lab_env(environment(context.lab, machine, context.bundle.images))


def prepare(context: Context, machine: Machine) -> Outcome:
    """Wait for the machine and run the phases that need no cluster on it.

    Raises LabgenError if it does not answer on SSH, ScriptFailed if a phase fails.
    """
    reach(context, machine)
    brought = Outcome.OK
    if wanted := runtime_parcels(context):
        brought = deliver(context, machine, wanted)
    phases = (*BEFORE, *RUNTIMES[context.lab.scenario.kubernetes.runtime].phases, *AFTER)
    balancer = ("load-balancer",) if machine.role is Role.CONTROL_PLANE else ()
    done = context.run_phases(
        machine,
        *phases,
        *balancer,
        files=sent_files(context, machine),
        timeout=TIMEOUT,
        afresh=True,
        downloads=context.machine_profile(machine).bare,  # packages of a repository
    )
    return Outcome.CHANGED if Outcome.CHANGED in (brought, done) else Outcome.OK
