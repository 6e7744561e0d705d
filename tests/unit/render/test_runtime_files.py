"""The configuration of container runtimes, on hosts of several kinds."""

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from labgen.system.host import HostFacts
from tests.unit.render.conftest import Rendering
from tests.unit.system.hosts import USUAL

CONFINED = replace(USUAL, may_raise_limits=False)
CGROUP_V1 = replace(USUAL, cgroup_v2=False)
AS_ALLOWED = "/usr/local/libexec/labgen/runc-as-allowed"


def _docker(rendered: Path) -> str:
    said = json.loads((rendered / "master1/docker.json").read_text())
    name = said.get("default-runtime", "runc")
    return str(said.get("runtimes", {}).get(name, {"path": name})["path"])


def _cri_o(rendered: Path) -> str:
    said = tomllib.loads((rendered / "master1/crio.conf").read_text())["crio"]["runtime"]
    return str(said["runtimes"][said["default_runtime"]]["runtime_path"])


@pytest.mark.parametrize(
    ("facts", "docker", "cri_o"),
    [
        (USUAL, "runc", "/usr/sbin/runc"),
        (CGROUP_V1, "runc", AS_ALLOWED),
        (CONFINED, AS_ALLOWED, AS_ALLOWED),
    ],
    ids=["usual", "cgroup v1", "confined"],
)
def test_runc_is_called_as_it_is_allowed_to_where_the_host_refuses_something(
    render: Rendering, facts: HostFacts, docker: str, cri_o: str
) -> None:
    assert _docker(render("single", "kubernetes.runtime=docker", facts=facts)) == docker
    assert _cri_o(render("single", "kubernetes.runtime=cri-o", facts=facts)) == cri_o


@pytest.mark.parametrize(("facts", "driver"), [(USUAL, "systemd"), (CGROUP_V1, "cgroupfs")])
def test_runtime_and_kubelet_agree_on_who_makes_cgroups(
    render: Rendering, facts: HostFacts, driver: str
) -> None:
    docker = render("single", "kubernetes.runtime=docker", facts=facts) / "master1"
    cri_o = render("single", "kubernetes.runtime=cri-o", facts=facts) / "master1"
    assert f"native.cgroupdriver={driver}" in (docker / "docker.json").read_text()
    assert f'cgroup_manager = "{driver}"' in (cri_o / "crio.conf").read_text()
    for machine in (docker, cri_o):
        assert f'cgroupDriver: "{driver}"' in (machine / "kubeadm.yaml").read_text()
