"""The power switch of an existing machine: the scenario's commands, observed over SSH."""

import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.machine.access import ssh_client
from labgen.machine.ssh import GREET, Ssh
from labgen.providers.base import Power
from labgen.providers.power_sequence import await_turn
from labgen.system.jump_host import JumpHostFailed
from labgen.system.process import CommandFailed, CommandTimedOut, run
from labgen.system.wait import NotYet, until

ANSWER = 1.0  # seconds for a port of a machine that is on
SWITCH = 60.0  # seconds for a command of the scenario
DARK = 60.0  # seconds from the end of that command until the machine is silent
SHUTDOWN = 180.0
BOOT = 600.0  # seconds; servers test all their memory first


def answers(lab: Lab, machine: Machine) -> bool:
    """Return whether the machine answers on SSH, which shows whether it is on."""
    if lab.ssh_config.exists() and Ssh(lab.ssh_config, lab.jump).answers(machine.name):
        return True
    address, port = str(machine.address), machine.port
    try:
        if lab.jump:
            return bool(lab.jump.greeting(address, port, timeout=GREET))
        socket.create_connection((address, port), timeout=ANSWER).close()
    except (OSError, JumpHostFailed):
        return False
    return True


def switch(lab: Lab, machine: Machine, action: Power, acting: Sequence[Machine]) -> float:
    """Switch a machine; acting are all machines that are switched together.

    Returns the time.monotonic() at which it had taken effect.
    """
    if action is Power.ON:
        await_turn(lab, machine, acting)
        _command(machine, action)
        until(partial(_is, lab, machine, there=True), what=f"{machine.name} booting", timeout=BOOT)
        return time.monotonic()
    if action is Power.SHUTDOWN:
        moment = time.monotonic()
        with suppress(CommandTimedOut):  # the connection ends with the machine
            words = ["systemctl", "poweroff"]
            ssh_client(lab).run(machine.name, words, timeout=10, check=False)
        until(partial(_is, lab, machine, there=False), what="its shutdown", timeout=SHUTDOWN)
        return moment
    _command(machine, action)
    return until(partial(_dark, lab, machine), what=f"{machine.name} being off", timeout=DARK)


def _is(lab: Lab, machine: Machine, *, there: bool) -> None:
    if answers(lab, machine) is not there:
        raise NotYet("it does not answer yet" if there else "it still answers")


def _dark(lab: Lab, machine: Machine) -> float:
    asked = time.monotonic()
    _is(lab, machine, there=False)
    return asked


def _command(machine: Machine, action: Power) -> None:
    """Run the scenario's command. unsupported_reason() refuses a machine that has none."""
    host = machine.host
    words = (host.power_on if action is Power.ON else host.power_off) if host else ()
    try:
        run(words, timeout=SWITCH)
    except (CommandFailed, CommandTimedOut) as error:
        raise LabgenError(
            f"the power command of {machine.name} failed: {error.message}",
            hint="the command is set in the scenario; run it by hand",
        ) from error
