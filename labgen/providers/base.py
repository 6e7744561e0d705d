"""What every provider can do, and no more: it stops just short of Kubernetes.

After create(), every machine answers on SSH under its name in the lab's ssh_config; all else
goes over SSH and is the same for every provider.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from labgen.lab.lab import Lab, Machine
from labgen.machine.finding import Finding
from labgen.scenario.model import Scenario
from labgen.system.host import MachineProfile


class State(StrEnum):
    """A machine's power state; ABSENT is a machine that was not made or is gone."""

    ON = "on"
    OFF = "off"
    PAUSED = "paused"
    ABSENT = "absent"


class Power(StrEnum):
    """What can be done to a power switch. OFF is a pulled plug, SHUTDOWN asks the machine."""

    ON = "on"
    OFF = "off"
    SHUTDOWN = "shutdown"
    PAUSE = "pause"
    RESUME = "resume"


# The states in which an action does something.
BEFORE: Mapping[Power, frozenset[State]] = {
    Power.ON: frozenset({State.OFF}),
    Power.OFF: frozenset({State.ON, State.PAUSED}),
    Power.SHUTDOWN: frozenset({State.ON}),
    Power.PAUSE: frozenset({State.ON}),
    Power.RESUME: frozenset({State.PAUSED}),
}


class Provider(Protocol):
    """Machines of one kind. Every method may be called again after a crash in the middle."""

    name: str

    def check(self, scenario: Scenario, lab: Lab | None = None) -> Sequence[Finding]:
        """What keeps this host from making the scenario's machines, or existing ones from being
        them; empty means good. lab is what was made of it before. No lab is touched."""
        ...

    def machine_profile(self, lab: Lab, machine: Machine) -> MachineProfile:
        """How this machine differs from one of its own."""
        ...

    def planned_changes(self, scenario: Scenario) -> Mapping[str, Sequence[str]]:
        """What would be changed on machines that exist, by name, as words for people; empty where
        they are made."""
        ...

    def rendered_definition(self, lab: Lab) -> Mapping[str, str]:
        """The files by which its machines are made, by name; empty where there are none. Nothing of
        the lab is made.

        Raises LabgenError while the bundle lacks what they name.
        """
        ...

    def unsupported_reason(self, machine: Machine, action: Power) -> str | None:
        """Why the action cannot be done to that machine; None where it can."""
        ...

    def create(self, lab: Lab) -> bool:
        """Make or complete the lab's network and machines; True if anything was changed."""
        ...

    def destroy(self, lab: Lab) -> None:
        """Remove all that create() makes, from any half-made state."""
        ...

    def machines(self, lab: Lab) -> Mapping[str, State]:
        """The power state of each machine of the lab, by name."""
        ...

    def power(self, lab: Lab, machines: Sequence[Machine], action: Power) -> float:
        """Do action to machines; those already in the state it leads to are fine.

        Returns the time.monotonic() at which it took effect: the plugs were out, the machines were
        asked to shut down, or had been paused, resumed or switched on.
        """
        ...

    def save(self, lab: Lab, checkpoint: str) -> None:
        """Keep disk and memory of all machines, of one moment, under that name.

        Raises LabgenError where machines cannot be saved.
        """
        ...

    def restore(self, lab: Lab, checkpoint: str) -> None:
        """Have all machines as they were then, running and with the right time.

        Raises WrongCall when there is no such checkpoint.
        """
        ...

    def checkpoints(self, lab: Lab) -> Sequence[str]:
        """The names of the lab's checkpoints."""
        ...

    def forget(self, lab: Lab, checkpoint: str) -> None:
        """Remove a checkpoint; one that is not there is fine."""
        ...

    def leaked_resources(self, lab: Lab) -> Sequence[str]:
        """What of the lab is still on this host outside its directory, as words for people."""
        ...
