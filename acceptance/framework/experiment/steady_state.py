"""The steady state: every experiment starts from it and has to return to it.

This is labgen's definition of healthy, with the VIP on its usual holder: the first control plane,
which has the highest priority.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from labgen.cluster import health
from labgen.cluster.pods import Pod
from labgen.cluster.query import query_api, query_etcd, query_machines
from labgen.lab.lab import Lab
from labgen.machine import access
from labgen.system.wait import NotYet, until

HEAL_TIMEOUT = 150.0  # seconds; power-cut machines take up to 75 until all pods are Ready


def await_steady_state(lab: Lab, *, what: str, timeout: float) -> None:
    """Wait until the lab is in its steady state. Raises LabgenError with what is missing."""
    until(partial(inspect, lab), what=what, timeout=timeout, interval=0.5)


def inspect(lab: Lab, booted: Mapping[str, float] | None = None) -> None:
    """Raise NotYet with the first deviation from the steady state.

    Parts that recover late and are cheap to query come first. booted names machines that were off,
    with the time (seconds since 1970) after which their containers must have started: for most of a
    minute, the API does not know that a machine has lost its power.
    """
    ssh = access.ssh_client(lab)
    machines = query_machines(lab, ssh)
    _expect_none(machines.problems)
    first = lab.control_planes[0].name
    if machines.holders != (first,):
        raise NotYet(f"the VIP is held by {', '.join(machines.holders)}, not by {first}")
    api = query_api(lab)
    _expect_none(api.problems)
    old = [pod.name for pod in api.pods if _older(pod, (booted or {}).get(pod.node))]
    if old:
        raise NotYet(f"pods from before the boot: {', '.join(old)}")
    _expect_none(query_etcd(lab, ssh).problems)


def _expect_none(problems: Sequence[health.Problem]) -> None:
    if problems:
        raise NotYet(health.summary(problems))


def _older(pod: Pod, since: float | None) -> bool:
    """Return whether the API still shows a container of the pod that started before that time."""
    # the API's times are whole seconds
    return since is not None and (pod.started is None or pod.started < int(since))
