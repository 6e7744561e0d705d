"""Which provider, and whether this host can run it."""

from collections.abc import Sequence

import pytest

from labgen.providers.base import Finding
from labgen.providers.choose import ensure_fit, provider
from labgen.providers.container import ContainerProvider
from labgen.report.errors import HostUnfit, WrongCall
from labgen.scenario.model import Scenario
from tests.unit.lab.samples import scenario


class Unfit(ContainerProvider):
    """A provider that finds two things wrong."""

    def check(self, scenario: Scenario) -> Sequence[Finding]:
        return [Finding("podman is not installed", "apt-get install podman"), Finding("b", "c")]


class Fit(ContainerProvider):
    def check(self, scenario: Scenario) -> Sequence[Finding]:
        return []


def test_auto_stands_for_machine_containers() -> None:
    assert provider("auto").name == provider("container").name == "container"


def test_an_unknown_provider_is_a_wrong_call_with_the_known_ones() -> None:
    with pytest.raises(WrongCall) as wrong:
        provider("vmware")
    assert str(wrong.value).splitlines() == [
        "there is no provider vmware",
        "  providers: container, libvirt",
    ]


def test_an_unfit_host_is_told_everything_at_once_with_exit_code_3() -> None:
    with pytest.raises(HostUnfit) as unfit:
        ensure_fit(Unfit(), scenario("single"))
    assert unfit.value.exit_code == 3
    assert str(unfit.value).splitlines() == [
        "this host cannot run labs of provider container:",
        "  podman is not installed; apt-get install podman",
        "  b; c",
    ]


def test_a_fit_host_is_told_nothing() -> None:
    ensure_fit(Fit(), scenario("single"))
