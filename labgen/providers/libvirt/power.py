"""The power switch of a virtual machine."""

import time
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

import libvirt

from labgen.lab.lab import Lab, Machine
from labgen.providers.base import AFTER, Power, State
from labgen.providers.libvirt.connection import domain_of, found, pull_plug
from labgen.providers.power_sequence import await_turn
from labgen.providers.settled import act
from labgen.system import interrupt

STATES = {
    libvirt.VIR_DOMAIN_RUNNING: State.ON,
    libvirt.VIR_DOMAIN_BLOCKED: State.ON,
    libvirt.VIR_DOMAIN_SHUTDOWN: State.ON,  # on its way
    libvirt.VIR_DOMAIN_PAUSED: State.PAUSED,
    libvirt.VIR_DOMAIN_PMSUSPENDED: State.PAUSED,
}
METHODS = {
    Power.ON: "create",
    Power.OFF: "destroy",
    Power.PAUSE: "suspend",
    Power.RESUME: "resume",
}
SHUTDOWN = 45.0  # seconds until a machine that does not shut down is switched off
AGAIN = 5.0  # seconds after which its button is pressed again
LOOK = 0.2


def switch(
    connection: Any, lab: Lab, machine: Machine, action: Power, acting: Sequence[Machine]
) -> None:
    """Switch an existing machine; acting are all machines that are switched together."""
    domain: Any = domain_of(connection, lab, machine)
    if action is Power.ON:
        await_turn(lab, machine, acting)
    elif action is Power.SHUTDOWN:
        _shut_down(domain, SHUTDOWN * lab.slowdown)
        return
    reached = partial(_is_in, domain, AFTER[action])
    act(getattr(domain, METHODS[action]), reached, errors=libvirt.libvirtError)


def state_of(domain: Any | None) -> State:
    """Return the state of a domain; absent also if it disappears meanwhile."""
    told = None if domain is None else found(domain.state)
    return State.ABSENT if told is None else STATES.get(told[0], State.OFF)


def _is_in(domain: Any, states: Collection[State]) -> bool:
    return state_of(domain) in states


def _shut_down(domain: Any, timeout: float) -> None:
    """Press ACPI's power button repeatedly, because a machine that just booted answers on SSH
    before it reacts to the button. After the timeout, switch the machine off."""
    due = time.monotonic()
    deadline = due + timeout
    while domain.isActive():
        now = time.monotonic()
        if now >= deadline:
            pull_plug(domain)
        elif now >= due:
            _press(domain)
            due = now + AGAIN
        interrupt.pause(LOOK)


def _press(domain: Any) -> None:
    try:
        domain.shutdown()
    except libvirt.libvirtError:
        if domain.isActive():  # it has not just ended
            raise
