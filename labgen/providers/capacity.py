"""Predict what a lab's machines need of this host, and whether they fit.

The costs of machines are measured, see docs/reference/measurements.md. Only what surely cannot fit
is a finding; a host with few cores is slow, and whether that is too slow, nobody can tell before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from labgen.errors import LabgenError
from labgen.lab.lab import Lab
from labgen.machine.finding import Finding
from labgen.providers.base import Provider, State
from labgen.providers.optional import Demand, Demanding
from labgen.scenario.model import MachineSpec, Scenario
from labgen.system import files, host

PART = 4  # a quarter on top: machines that start need more than idle ones, and the host needs some
BUSY = 2  # a lab that idles on more than half of the cores has too few for anything else
ANYWAY = "make room, use fewer machines, or try it anyway: labgen up SCENARIO --force"


@dataclass(frozen=True)
class Forecast:
    """What the machines that `up` would create or switch on need, and what this host has. Memory
    and disk are in MiB."""

    machines: int
    memory: int
    memory_available: int  # without swapping; of virtual machines, which swap well, all there is
    disk: int
    disk_free: int
    cores: float  # busy while the lab idles
    host_cores: int
    memory_is_limit: bool  # the machines never need more than that, and at first less

    @property
    def shortages(self) -> list[Finding]:
        """Return what surely cannot fit."""
        return self.shortages_of(_counted(self.machines), ANYWAY)

    def shortages_of(self, who: str, remedy: str) -> list[Finding]:
        """Return what surely cannot fit, in words that name who needs it and what helps."""
        found = []
        for what, need, there in (
            ("memory", self.memory, self.memory_available),
            ("disk", self.disk, self.disk_free),
        ):
            least = need if what == "memory" and self.memory_is_limit else need + need // PART
            if least > there:
                text = f"{who} need about {gib(least)} of {what}, and this host has {gib(there)}"
                found.append(Finding(text, remedy))
        return found

    @property
    def note(self) -> str:
        """Return what is worth knowing of the cores; empty when there are enough."""
        if self.cores * BUSY <= self.host_cores:
            return ""
        return (
            f"{_counted(self.machines)} keep {self.cores:.1f} cores busy when idle, and this host "
            f"has {self.host_cores}: everything takes longer, and waits may time out"
        )

    def __str__(self) -> str:
        limit = "at most" if self.memory_is_limit else "about"
        return (
            f"memory {limit} {gib(self.memory)} of {gib(self.memory_available)}, "
            f"disk about {gib(self.disk)} of {gib(self.disk_free)}, "
            f"{self.cores:.1f} of {self.host_cores} cores busy when idle"
        )


def forecast(provider: Provider, scenario: Scenario, lab: Lab | None = None) -> Forecast | None:
    """Return the forecast; None when the machines are not on this host.

    lab is what was created from the scenario before: its machines that are on need nothing more.
    """
    if not isinstance(provider, Demanding):
        return None
    states = _states(provider, lab) if lab else {}
    new = [m for m in scenario.machines if states.get(m.name, State.ABSENT) is State.ABSENT]
    starting = [m for m in scenario.machines if states.get(m.name) is State.OFF]
    need = provider.demand(new, starting)
    return _compared(need, [*new, *starting]) if need else None


def findings(provider: Provider, scenario: Scenario, lab: Lab | None = None) -> Sequence[Finding]:
    """Return what surely does not fit this host."""
    found = forecast(provider, scenario, lab)
    return found.shortages if found else []


def gib(mib: int) -> str:
    return f"{mib / 1024:.1f} GiB"


def _compared(need: Demand, machines: Sequence[MachineSpec]) -> Forecast:
    memory = host.memory()
    swap = memory.swap_total if need.memory_is_limit else memory.swap_free
    return Forecast(
        machines=len(machines),
        memory=need.memory,
        memory_available=swap + (memory.total if need.memory_is_limit else memory.available),
        disk=need.disk,
        disk_free=files.free_mib(need.place),
        cores=need.cores,
        host_cores=host.cores(),
        memory_is_limit=need.memory_is_limit,
    )


def _states(provider: Provider, lab: Lab) -> dict[str, State]:
    """Return the machines' states. Those of a provider that does not answer count as on: a guess
    must not refuse anything."""
    try:
        return dict(provider.machines(lab))
    except LabgenError:
        return {machine.name: State.ON for machine in lab.machines}


def _counted(machines: int) -> str:
    return "1 machine" if machines == 1 else f"{machines} machines"
