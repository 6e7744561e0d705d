"""Which provider a scenario gets."""

from collections.abc import Mapping

from labgen.providers.base import Provider
from labgen.providers.container import ContainerProvider
from labgen.report.errors import HostUnfit, WrongCall

PROVIDERS: Mapping[str, type[Provider]] = {"container": ContainerProvider}
AUTOMATIC = "container"


def provider(name: str) -> Provider:
    """The provider of that name; auto stands for machine-containers."""
    chosen = AUTOMATIC if name == "auto" else name
    if chosen not in PROVIDERS:
        raise WrongCall(f"there is no provider {name}", hint=f"providers: {', '.join(PROVIDERS)}")
    return PROVIDERS[chosen]()


def ensure_fit(provider: Provider) -> None:
    """Raise HostUnfit with every finding and its remedy, before anything is made."""
    findings = provider.check()
    if findings:
        lines = [f"this host cannot run labs of provider {provider.name}:"]
        lines += [f"  {finding.what}; {finding.remedy}" for finding in findings]
        raise HostUnfit("\n".join(lines))
