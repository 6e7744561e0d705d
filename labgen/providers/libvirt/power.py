"""The power switch of a virtual machine."""

import time
from collections.abc import Sequence
from typing import Any

import libvirt

from labgen.lab.lab import Lab, Machine
from labgen.providers.base import Power
from labgen.providers.libvirt.connection import domain_of, pull_plug
from labgen.providers.power_sequence import await_turn
from labgen.system import interrupt

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
        domain.create()
    elif action is Power.OFF:
        domain.destroy()
    elif action is Power.PAUSE:
        domain.suspend()
    elif action is Power.RESUME:
        domain.resume()
    else:
        _shut_down(domain, SHUTDOWN * lab.slowdown)


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
