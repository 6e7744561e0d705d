"""Choose the provider of a scenario."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

from labgen.errors import HostUnfit, UsageError
from labgen.lab.lab import Lab
from labgen.machine.finding import Finding
from labgen.providers import capacity
from labgen.providers.base import Provider
from labgen.providers.libvirt import host
from labgen.scenario.model import Scenario
from labgen.scenario.values import AUTO
from labgen.system.similar import did_you_mean

# The class of each; imported when it is used, because Python's libvirt module is optional.
PROVIDERS: Mapping[str, tuple[str, str]] = {
    "container": ("labgen.providers.container.provider", "ContainerProvider"),
    "libvirt": ("labgen.providers.libvirt.provider", "LibvirtProvider"),
    "ssh": ("labgen.providers.ssh.provider", "SshProvider"),
}


def provider(name: str, uri: str | None = None) -> Provider:
    """Return the provider of that name; auto stands for system containers, see choose().

    uri is the libvirt that creates new labs. Raises UsageError for an unknown name, HostUnfit when
    a Python module that the provider needs is not installed.
    """
    chosen = "container" if name == AUTO else name
    if chosen not in PROVIDERS:
        question = did_you_mean(name, PROVIDERS)
        known = ", ".join(PROVIDERS)
        raise UsageError(f"there is no provider {name}{question}", hint=f"providers: {known}")
    module, kind = PROVIDERS[chosen]
    try:
        made = getattr(import_module(module), kind)
    except ImportError as error:
        findings = host.findings(uri or host.LOCAL)
        raise HostUnfit(_unfit(chosen, findings)) from error
    found: Provider = made(uri) if chosen == "libvirt" else made()
    return found


@dataclass(frozen=True)
class Choice:
    """A provider, and why it was chosen where the scenario names none."""

    provider: Provider
    why: str = ""


def choose(scenario: Scenario, *, force: bool = False) -> Choice:
    """Return the scenario's provider; for auto, virtual machines where KVM boots the box, otherwise
    system containers.

    force and errors are those of ensure_fit().
    """
    spec = scenario.provider
    if spec.name != AUTO:
        return Choice(ensure_fit(provider(spec.name, spec.uri), scenario, force=force))
    try:
        machines = provider("libvirt")
        findings = [*machines.check(scenario), *capacity.findings(machines, scenario)]
    except HostUnfit:
        findings = host.findings(host.LOCAL)
    if not findings and host.kvm_boots(host.LOCAL):
        return Choice(machines, "KVM boots virtual machines here")
    reason = (findings or [host.IMPATIENT])[0]
    containers = ensure_fit(provider("container"), scenario, force=force)
    return Choice(
        containers, f"system containers, because virtual machines need more: {reason.what}"
    )


def ensure_fit(
    provider: Provider, scenario: Scenario, lab: Lab | None = None, *, force: bool = False
) -> Provider:
    """Return the provider if it can run the scenario; lab is what was created from it before. With
    force, the machines need not fit into this host's memory and disk.

    Raises HostUnfit with every finding and its remedy, before anything is created.
    """
    findings = list(provider.check(scenario, lab))
    findings += [] if force else capacity.findings(provider, scenario, lab)
    if findings:
        raise HostUnfit(_unfit(provider.name, findings))
    return provider


def _unfit(name: str, findings: Sequence[Finding]) -> str:
    lines = [f"this host cannot run labs of provider {name}:"]
    if any(finding.machine for finding in findings):
        lines = ["these machines cannot be used as they are; nothing was changed on them:"]
    for finding in findings:
        machine = f"{finding.machine}: " if finding.machine else ""
        lines.append(f"  {machine}{finding.what}; {finding.remedy}")
    return "\n".join(lines)
