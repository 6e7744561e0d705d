"""kubeadm's control plane runs on every control-plane machine."""

from typing import Any

import pytest

from acceptance.framework import version_skew
from acceptance.framework.clients.api import Api
from acceptance.framework.cluster import Cluster, known
from acceptance.framework.workloads.workload import ready
from labgen.lab.lab import Machine

pytestmark = pytest.mark.smoke

Pods = list[dict[str, Any]]
PROGRAMS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")


@pytest.mark.parametrize("program", [*PROGRAMS, "etcd"])
def test_control_plane_pod_is_ready(
    cluster: Cluster, control_plane: Machine, program: str, pods: Pods
) -> None:
    known(cluster.as_pods)
    if program == "etcd" and not known(cluster.etcd).stacked:
        pytest.skip("etcd is not on the control planes")
    name = f"{program}-{control_plane.name}"
    found = [pod for pod in pods if pod["metadata"]["name"] == name]
    assert len(found) == 1, f"{len(found)} pods have the name {name}"
    assert found[0]["spec"]["nodeName"] == control_plane.name
    assert ready(found[0]), found[0]["status"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_control_plane_pod_has_the_version_of_the_scenario(
    cluster: Cluster, control_plane: Machine, program: str, pods: Pods
) -> None:
    """Compare with the scenario's version or, for a discovered cluster, with that of kubeadm's
    configuration."""
    known(cluster.as_pods)
    name = f"{program}-{control_plane.name}"
    images = [p["spec"]["containers"][0]["image"] for p in pods if p["metadata"]["name"] == name]
    tags = [version_skew.tag(image) for image in images]
    if "" in tags:
        pytest.skip(f"{images[0]} has a digest but no tag")
    assert tags == [known(cluster.version)]


def test_api_behind_the_vip_has_the_version_of_the_scenario(cluster: Cluster, api: Api) -> None:
    if cluster.server not in {"", cluster.endpoint}:
        pytest.skip(
            f"this host's route to {cluster.endpoint} differs from its route to {cluster.server}"
        )
    assert api.get("/version")["gitVersion"] == known(cluster.version)


def test_all_other_pods_of_the_system_are_ready(cluster: Cluster, pods: Pods) -> None:
    """Check kube-proxy, CoreDNS and add-ons, and keepalived, HAProxy and kube-vip if they are
    static pods. The control plane's pods are checked above, the network's in a separate file."""
    own = {f"{program}-{m.name}" for program in (*PROGRAMS, "etcd") for m in cluster.control_planes}
    found = [
        pod
        for pod in pods
        if pod["metadata"]["namespace"] == "kube-system" and pod["status"]["phase"] != "Succeeded"
    ]
    others = {pod["metadata"]["name"]: ready(pod) for pod in found}
    assert others.keys() - own
    assert [name for name, well in others.items() if name not in own and not well] == []
