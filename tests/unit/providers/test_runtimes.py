"""Which machines support which container runtime."""

from pathlib import Path

import pytest

from labgen.providers.container.provider import ContainerProvider
from labgen.providers.runtimes import only_default
from tests.unit.lab.samples import scenario

DOCKER = "kubernetes.runtime=docker"


def test_machine_containers_want_the_bundle_to_have_the_runtime(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path))
    with_docker, without = (
        {finding.remedy for finding in ContainerProvider().check(wanted)}
        for wanted in (scenario("single", DOCKER), scenario("single"))
    )
    assert with_docker - without == {"build it: labgen bundle build --runtime docker"}


def test_other_machines_have_containerd_and_nothing_else() -> None:
    [finding] = only_default(scenario("single", DOCKER), "virtual machines")
    assert finding.what == (
        "virtual machines run containerd only, and kubernetes.runtime is docker"
    )
    assert finding.remedy == (
        "leave kubernetes.runtime out, or use system containers: --provider container"
    )
    assert not list(only_default(scenario("single"), "virtual machines"))
