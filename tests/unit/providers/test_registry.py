"""The choice of the provider, and whether this host can run it."""

from collections.abc import Sequence

import pytest

from labgen.errors import HostUnfit, UsageError
from labgen.lab.lab import Lab
from labgen.machine.finding import Finding
from labgen.providers import registry as choose_
from labgen.providers.container.provider import ContainerProvider
from labgen.providers.libvirt import host
from labgen.providers.registry import choose, ensure_fit, provider
from labgen.scenario.model import Scenario
from tests.unit.lab.samples import scenario


class Unfit(ContainerProvider):
    """A provider with two findings."""

    def check(self, scenario: Scenario, lab: Lab | None = None) -> Sequence[Finding]:
        return [Finding("podman is not installed", "apt-get install podman"), Finding("b", "c")]


class Fit(ContainerProvider):
    def check(self, scenario: Scenario, lab: Lab | None = None) -> Sequence[Finding]:
        return []


class Virtual(ContainerProvider):
    """Replaces virtual machines, with findings that a test chooses."""

    findings: Sequence[Finding] = ()

    def check(self, scenario: Scenario, lab: Lab | None = None) -> Sequence[Finding]:
        return self.findings


def test_auto_stands_for_machine_containers() -> None:
    assert provider("auto").name == provider("container").name == "container"


def test_an_unknown_provider_is_a_wrong_call_with_the_known_ones() -> None:
    with pytest.raises(UsageError) as wrong:
        provider("vmware")
    assert str(wrong.value).splitlines() == [
        "there is no provider vmware",
        "  providers: container, libvirt, ssh",
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


@pytest.fixture
def virtual(monkeypatch: pytest.MonkeyPatch) -> Virtual:
    found = Virtual()
    monkeypatch.setattr(
        choose_, "provider", lambda name, _uri=None: found if name == "libvirt" else Fit()
    )
    return found


def test_auto_takes_virtual_machines_where_nothing_keeps_them_and_kvm_boots(
    virtual: Virtual, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "kvm_boots", lambda _: True)
    choice = choose(scenario("single"))
    assert choice.provider is virtual
    assert choice.why == "KVM boots virtual machines here"


def test_auto_takes_machine_containers_and_says_what_keeps_virtual_machines(
    virtual: Virtual, monkeypatch: pytest.MonkeyPatch
) -> None:
    virtual.findings = [Finding("the box is not ready", "build it")]
    choice = choose(scenario("single"))
    assert choice.provider.name == "container"
    assert choice.why == (
        "system containers, because virtual machines need more: the box is not ready"
    )


def test_auto_does_not_take_emulated_machines(
    virtual: Virtual, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "kvm_boots", lambda _: False)
    choice = choose(scenario("single", "loadBalancer.profile=emulated"))
    assert choice.provider.name == "container"
    assert "KVM boots no machine here" in choice.why


def test_a_provider_that_is_named_is_taken_without_a_word(virtual: Virtual) -> None:
    assert choose(scenario("single", "provider.name=container")).why == ""
    assert choose(scenario("single", "provider.name=libvirt")).provider is virtual
