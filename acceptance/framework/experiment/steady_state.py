"""A lab that is whole: what every measurement starts from, and has to come back to."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from acceptance.framework.clients import machines
from acceptance.framework.clients.api import FAILURES, Api
from acceptance.framework.clients.machines import On
from acceptance.framework.workloads.workload import ready
from labgen.lab.lab import Lab
from labgen.system.wait import NotYet, until

HEAL_TIMEOUT = 150.0  # seconds; power-cut machines take up to 75 until all pods are Ready


def await_whole(lab: Lab, api: Api, on: On, *, what: str, timeout: float) -> None:
    """Wait until the lab is whole; raises LabgenError with what is not."""
    until(partial(look, lab, api, on), what=what, timeout=timeout, interval=0.5)


def look(lab: Lab, api: Api, on: On, booted: Mapping[str, float] | None = None) -> None:
    """Raise NotYet with what is not yet well.

    The first master holds the VIP, because it has the highest priority; HAProxy sees all API
    servers; nodes, etcd members and the system's pods are well. booted names machines that were
    off, with the time (seconds since 1970) since which their containers must have started: for
    most of a minute, the API believes that nothing has happened to a machine without power.
    """
    booted = booted or {}
    wanted = {machine.name: "UP" for machine in lab.control_planes}
    first = lab.control_planes[0].name
    try:
        _expect("holders of the VIP", machines.vip_holders(lab, on, lab.machines), [first])
        for machine in lab.control_planes:
            seen = machines.api_servers_seen(on(machine.name))
            _expect(f"API servers in {machine.name}'s HAProxy", seen, wanted)
        nodes = {n["metadata"]["name"]: ready(n) for n in api.items("/api/v1/nodes")}
        _expect("ready nodes", nodes, {machine.name: True for machine in lab.machines})
        health = sorted(machines.etcd_health(on(first)).values())
        _expect("etcd members", health, ["healthy"] * len(lab.control_planes))
        for namespace in ("kube-system", "kube-flannel"):
            pods = api.items(f"/api/v1/namespaces/{namespace}/pods")
            _expect("pods that are not ready", [_name(p) for p in pods if not ready(p)], [])
            old = [_name(p) for p in pods if _older(p, booted.get(p["spec"].get("nodeName", "")))]
            _expect("pods from before the boot", old, [])
    except (*FAILURES, AssertionError, RuntimeError) as error:
        raise NotYet(str(error)) from error


def _expect(what: str, seen: object, wanted: object) -> None:
    if seen != wanted:
        raise NotYet(f"{what}: {seen}, not {wanted}")


def _name(pod: dict[str, Any]) -> str:
    return str(pod["metadata"]["name"])


def _older(pod: dict[str, Any], since: float | None) -> bool:
    """Whether a container of the pod is, as far as the API knows, one from before that time."""
    if since is None:
        return False
    running = [c["state"].get("running") for c in pod["status"].get("containerStatuses", [])]
    # the API's times are whole seconds
    return not all(state and _seconds(state["startedAt"]) >= int(since) for state in running)


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
