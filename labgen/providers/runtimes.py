"""Whether a provider's machines can run the container runtime that a scenario names."""

from collections.abc import Iterator

from labgen.bundle.store import require_runtime
from labgen.errors import HostUnfit
from labgen.machine.finding import Finding
from labgen.render.runtimes import DEFAULT
from labgen.scenario.model import Scenario


def findings(scenario: Scenario) -> Iterator[Finding]:
    """Yield what is missing for machines that can run any runtime: the bundle must have it."""
    kubernetes = scenario.kubernetes
    try:
        require_runtime(kubernetes.version, kubernetes.runtime)
    except HostUnfit as error:
        yield Finding(error.message, error.hint or "")


def only_default(scenario: Scenario, whose: str) -> Iterator[Finding]:
    """Yield a finding unless the scenario has the default runtime. whose names the machines that
    can run no other, such as "virtual machines"."""
    if scenario.kubernetes.runtime != DEFAULT:
        what = f"{whose} run {DEFAULT} only, and kubernetes.runtime is "
        yield Finding(
            what + scenario.kubernetes.runtime,
            "leave kubernetes.runtime out, or use system containers: --provider container",
        )
