"""Whether a provider's machines can have the container runtime that a scenario names."""

from collections.abc import Iterator

from labgen.bundle.store import require_runtime
from labgen.errors import HostUnfit
from labgen.machine.finding import Finding
from labgen.render.runtimes import DEFAULT
from labgen.scenario.model import Scenario


def findings(scenario: Scenario) -> Iterator[Finding]:
    """For machines that can have any: the bundle must have it, too."""
    kubernetes = scenario.kubernetes
    try:
        require_runtime(kubernetes.version, kubernetes.runtime)
    except HostUnfit as error:
        yield Finding(error.message, error.hint or "")


def only_default(scenario: Scenario, whose: str) -> Iterator[Finding]:
    """For machines that labgen brings no other to; whose as in "virtual machines"."""
    if scenario.kubernetes.runtime != DEFAULT:
        what = f"{whose} have no runtime but {DEFAULT}, and kubernetes.runtime is "
        yield Finding(
            what + scenario.kubernetes.runtime,
            "leave kubernetes.runtime out, or take machine-containers: --provider container",
        )
