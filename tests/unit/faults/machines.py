"""Machines that only record the actions on them."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from labgen.lab.lab import Lab, Machine
from labgen.providers.base import Power, State
from labgen.providers.container.provider import ContainerProvider

LEADS_TO = {
    Power.ON: State.ON,
    Power.OFF: State.OFF,
    Power.SHUTDOWN: State.OFF,
    Power.PAUSE: State.PAUSED,
    Power.RESUME: State.ON,
}


@dataclass
class Switches(ContainerProvider):
    """Power switches of machines that are all on; the actions are recorded."""

    states: dict[str, State] = field(default_factory=dict)
    done: list[tuple[Power, list[str]]] = field(default_factory=list)

    def machines(self, lab: Lab) -> Mapping[str, State]:
        return {m.name: self.states.get(m.name, State.ON) for m in lab.machines}

    def power(self, lab: Lab, machines: Sequence[Machine], action: Power) -> float:
        self.done.append((action, [machine.name for machine in machines]))
        self.states |= {machine.name: LEADS_TO[action] for machine in machines}
        return time.monotonic()
