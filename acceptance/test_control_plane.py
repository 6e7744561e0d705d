"""kubeadm's stacked control plane stands on every control-plane machine."""

from typing import Any

import pytest

from acceptance.support.api import Api
from acceptance.support.workload import ready
from labgen.lab.lab import Lab, Machine

pytestmark = pytest.mark.smoke

Pods = list[dict[str, Any]]
PROGRAMS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")


@pytest.mark.parametrize("program", [*PROGRAMS, "etcd"])
def test_control_plane_pod_is_ready(control_plane: Machine, program: str, pods: Pods) -> None:
    name = f"{program}-{control_plane.name}"
    found = [pod for pod in pods if pod["metadata"]["name"] == name]
    assert len(found) == 1, f"{len(found)} pods are called {name}"
    assert found[0]["spec"]["nodeName"] == control_plane.name
    assert ready(found[0]), found[0]["status"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_control_plane_pod_has_the_version_of_the_scenario(
    lab: Lab, control_plane: Machine, program: str, pods: Pods
) -> None:
    name = f"{program}-{control_plane.name}"
    images = [p["spec"]["containers"][0]["image"] for p in pods if p["metadata"]["name"] == name]
    assert [image.rpartition(":")[2] for image in images] == [lab.scenario.kubernetes.version]


def test_api_behind_the_vip_has_the_version_of_the_scenario(lab: Lab, api: Api) -> None:
    assert api.get("/version")["gitVersion"] == lab.scenario.kubernetes.version


def test_all_other_pods_of_the_system_are_ready(lab: Lab, pods: Pods) -> None:
    """kube-proxy, CoreDNS, add-ons. Static pods are looked at above, flannel's in its own file."""
    own = {f"{program}-{m.name}" for program in (*PROGRAMS, "etcd") for m in lab.control_planes}
    found = [pod for pod in pods if pod["metadata"]["namespace"] == "kube-system"]
    others = {pod["metadata"]["name"]: ready(pod) for pod in found}
    assert others.keys() - own
    assert [name for name, well in others.items() if name not in own and not well] == []
