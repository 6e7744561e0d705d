"""What every provider can do. It does not include Kubernetes.

After create(), every machine answers on SSH under its name in the lab's ssh_config. Everything else
is done over SSH and is the same for every provider. What only some providers can do is in
optional.py.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from labgen.lab.lab import Lab, Machine
from labgen.machine.finding import Finding
from labgen.providers.resource import Resource
from labgen.scenario.model import Scenario
from labgen.system.host import MachineProfile


class State(StrEnum):
    """A machine's power state; ABSENT is a machine that was not created or no longer exists."""

    ON = "on"
    OFF = "off"
    PAUSED = "paused"
    ABSENT = "absent"


class Power(StrEnum):
    """The actions of a power switch. OFF pulls the plug, SHUTDOWN requests a clean power-off."""

    ON = "on"
    OFF = "off"
    SHUTDOWN = "shutdown"
    PAUSE = "pause"
    RESUME = "resume"


# The states in which an action changes something.
BEFORE: Mapping[Power, frozenset[State]] = {
    Power.ON: frozenset({State.OFF}),
    Power.OFF: frozenset({State.ON, State.PAUSED}),
    Power.SHUTDOWN: frozenset({State.ON}),
    Power.PAUSE: frozenset({State.ON}),
    Power.RESUME: frozenset({State.PAUSED}),
}

# The states in which its result is reached.
AFTER: Mapping[Power, frozenset[State]] = {
    Power.ON: frozenset({State.ON}),
    Power.OFF: frozenset({State.OFF, State.ABSENT}),
    Power.SHUTDOWN: frozenset({State.OFF, State.ABSENT}),
    Power.PAUSE: frozenset({State.PAUSED}),
    Power.RESUME: frozenset({State.ON}),
}


class Provider(Protocol):
    """Machines of one kind. Every method may be called again after a crash in the middle."""

    name: str
    machine_kind: str  # what its machines are called in messages: "virtual machines"

    def check(self, scenario: Scenario, lab: Lab | None = None) -> Sequence[Finding]:
        """Return what prevents this host from creating the scenario's machines, or existing
        machines from becoming a lab; empty if nothing does.

        lab is what was created from the scenario before; it is not touched.
        """
        ...

    def machine_profile(self, lab: Lab, machine: Machine) -> MachineProfile:
        """Return how this machine differs from a separate computer."""
        ...

    def unsupported_reason(self, machine: Machine, action: Power) -> str | None:
        """Return why that machine's power switch cannot do the action; None if it can."""
        ...

    def create(self, lab: Lab) -> bool:
        """Create or complete the lab's network and machines; True if anything was changed."""
        ...

    def destroy(self, lab: Lab) -> None:
        """Remove everything that create() creates, also if it was interrupted."""
        ...

    def machines(self, lab: Lab) -> Mapping[str, State]:
        """Return the power state of each machine of the lab, by name."""
        ...

    def power(self, lab: Lab, machines: Sequence[Machine], action: Power) -> float:
        """Switch the machines. Machines that are already in the resulting state are left as they
        are.

        Returns the time.monotonic() at which it took effect: the plugs were pulled, the machines
        were asked to shut down, or had been paused, resumed or switched on.
        """
        ...

    def list_resources(self, lab: Lab | None = None) -> Sequence[Resource]:
        """Return what create() created outside of labs' directories, for all labs that ever existed
        here, in an order in which it can be removed; with lab, only what that lab owns.

        Raises LabgenError when not everything can be listed.
        """
        ...
