"""The machines of an exercise: which one is broken, and where its scripts run."""

from collections.abc import Callable, Mapping, Sequence

from labgen.errors import UsageError
from labgen.faults import targets as roles
from labgen.faults.fault import Site
from labgen.lab.lab import Lab, Machine

# The words for the machine that is broken, as they stand in a file.
TARGETS: Mapping[str, Callable[[Site], Sequence[Machine]]] = {
    "holder": roles.ROLES["holder"],
    "not-holder": roles.ROLES["not-holder"],
    "etcd-leader": roles.ROLES["etcd-leader"],
    # the last one: no other machine joined through it
    "control-plane": lambda site: site.lab.control_planes[-1:],
    "first-control-plane": lambda site: site.lab.control_planes[:1],
    "worker": lambda site: site.lab.workers[-1:],
}


def _other_control_planes(lab: Lab, target: str) -> Sequence[Machine]:
    return [machine for machine in lab.control_planes if machine.name != target]


# The words for the machines where a script runs; each gets the target's name.
GROUPS: Mapping[str, Callable[[Lab, str], Sequence[Machine]]] = {
    "target": lambda lab, target: [lab.machine(target)],
    "other": lambda lab, target: _other_control_planes(lab, target)[:1],
    "other-control-planes": _other_control_planes,
    "control-planes": lambda lab, _: lab.control_planes,
    "workers": lambda lab, _: lab.workers,
    "all": lambda lab, _: lab.machines,
}


def choose(lab: Lab, target: str) -> Machine:
    """Return the machine that the word stands for now.

    Raises LabgenError if no machine has that role now.
    """
    found = TARGETS[target](Site(lab))
    if not found:
        raise UsageError(f"lab {lab.name} has no machine for target: {target}")
    return found[0]


def facts(lab: Lab, machine: Machine, target: str, step: int) -> dict[str, str]:
    """Return the variables that a script has on that machine."""
    kubernetes = lab.scenario.kubernetes
    return {
        "MACHINE": machine.name,
        "ADDRESS": str(machine.address),
        "TARGET": target,
        "TARGET_ADDRESS": str(lab.machine(target).address),
        "STEP": str(step),
        "VIP": str(lab.vip),
        "API_PORT": str(lab.endpoint_port),
        "ENDPOINT": lab.endpoint,
        "ROUTER_ID": str(lab.router_id),
        "SUBNET": str(lab.subnet),
        "GATEWAY": str(lab.gateway),
        "POD_SUBNET": str(kubernetes.pod_subnet),
        "SERVICE_SUBNET": str(kubernetes.service_subnet),
        "KUBERNETES_VERSION": kubernetes.version,
        "CONTROL_PLANES": " ".join(it.name for it in lab.control_planes),
        "CONTROL_PLANE_ADDRESSES": " ".join(str(it.address) for it in lab.control_planes),
        "WORKERS": " ".join(it.name for it in lab.workers),
        "WORKER_ADDRESSES": " ".join(str(it.address) for it in lab.workers),
    }
