"""The power of the whole lab goes and comes back."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from acceptance.support import api as api_access
from acceptance.support import kubeconfig
from acceptance.support.api import FAILURES, Api
from labgen.lab.lab import Lab
from labgen.system.wait import NotYet, until
from tests.labs.program import labgen

API_WITHIN = 15.0  # seconds from `labgen start` on; by hand 6.5 s
PODS_WITHIN = 75.0  # by hand 59 s


def test_lab_comes_back_by_itself_after_a_power_cut_of_all_machines(
    ha_3x3: Lab, record_property: Callable[[str, object], None]
) -> None:
    api = api_access.connect(kubeconfig.credentials(ha_3x3.kubeconfig), timeout=1)
    labgen("stop", ha_3x3.name, "--now")
    cut = int(time.time())  # the API's own times are whole seconds
    begin = time.monotonic()
    labgen("start", ha_3x3.name)

    until(lambda: _answers(api), what="the API behind the VIP", timeout=120, interval=0.1)
    api_after = time.monotonic() - begin
    until(
        lambda: _all_ready(api, ha_3x3, cut), what="all pods being Ready", timeout=240, interval=0.5
    )
    pods_after = time.monotonic() - begin

    record_property("API behind the VIP after a power cut of all", f"{api_after:.1f} s")
    record_property("all pods Ready after a power cut of all", f"{pods_after:.1f} s")
    assert api_after <= API_WITHIN
    assert pods_after <= PODS_WITHIN


def _answers(api: Api) -> None:
    try:
        api.send("GET", "/readyz")
    except FAILURES as error:
        raise NotYet(str(error)) from error


def _all_ready(api: Api, lab: Lab, cut: int) -> None:
    """Everything is Ready, and says so of containers that were started after the cut."""
    try:
        nodes, pods = api.items("/api/v1/nodes"), api.items("/api/v1/pods")
    except FAILURES as error:
        raise NotYet(str(error)) from error
    waiting = [node["metadata"]["name"] for node in nodes if not _ready(node)]
    waiting += [pod["metadata"]["name"] for pod in pods if not _ready(pod) or _older(pod, cut)]
    if waiting or len(nodes) != len(lab.machines):
        raise NotYet(f"not Ready: {', '.join(sorted(waiting))}")


def _ready(thing: dict[str, Any]) -> bool:
    conditions = thing["status"].get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def _older(pod: dict[str, Any], cut: int) -> bool:
    """Whether a container of the pod is, as far as the API knows, one from before the cut."""
    running = [c["state"].get("running") for c in pod["status"].get("containerStatuses", [])]
    return not all(state and _seconds(state["startedAt"]) >= cut for state in running)


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
