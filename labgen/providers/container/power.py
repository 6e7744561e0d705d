"""The power switch of a system container."""

from collections.abc import Sequence
from functools import partial

from labgen.lab.lab import Lab, Machine
from labgen.providers.base import AFTER, Power, State
from labgen.providers.container.containers import container_name
from labgen.providers.power_sequence import await_turn
from labgen.providers.settled import act
from labgen.system import podman

# by podman's states; a container that was created but never started is created again
STATES = {
    "running": State.ON,
    "paused": State.PAUSED,
    "created": State.ABSENT,
    "configured": State.ABSENT,
    "initialized": State.ABSENT,
}
COMMANDS = {
    Power.ON: ("start",),
    Power.OFF: ("kill", "--signal", "KILL"),
    Power.SHUTDOWN: ("stop", "--time", "45"),
    Power.PAUSE: ("pause",),
    Power.RESUME: ("unpause",),
}


def switch(lab: Lab, machine: Machine, action: Power, acting: Sequence[Machine]) -> None:
    """Switch an existing machine; acting are all machines that are switched together."""
    if action is Power.ON:
        await_turn(lab, machine, acting)
    name = container_name(lab, machine)
    act(partial(podman.podman, *COMMANDS[action], name), lambda: state_of(name) in AFTER[action])


def state_of(name: str) -> State:
    """Return the state of the container of that name."""
    found = podman.named(name)
    return STATES.get(found[0].state, State.OFF) if found else State.ABSENT
