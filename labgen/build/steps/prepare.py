"""A machine with everything on it that Kubernetes stands on."""

import shlex

from labgen.build.context import Context, in_payload
from labgen.build.graph import Outcome
from labgen.lab.access import ensure_route
from labgen.lab.lab import Machine
from labgen.render.files import File, environment, payload
from labgen.scenario.model import Role

CONNECT_TIMEOUT = 90.0
TIMEOUT = 180.0
PHASES = ("kernel", "identity", "containerd", "kubernetes", "images")


def prepare(context: Context, machine: Machine) -> Outcome:
    """Reach the machine and run the phases that need no cluster on it.

    Raises LabgenError when it does not answer on SSH, PhaseFailed when a phase fails.
    """
    ensure_route(context.lab)
    limit = CONNECT_TIMEOUT * context.lab.slowdown
    context.ssh.connect(machine.name, str(machine.address), timeout=limit, port=machine.port)
    files = in_payload(payload(context.lab, machine, context.adaptation(machine), context.images))
    variables = environment(context.lab, context.bundle.images)
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in variables.items()]
    files["etc/labgen/lab.env"] = File("".join(lines), 0o600)
    balancer = ("load-balancer",) if machine.role is Role.CONTROL_PLANE else ()
    return context.run_phases(
        machine, *PHASES, *balancer, files=files, timeout=TIMEOUT, afresh=True
    )
