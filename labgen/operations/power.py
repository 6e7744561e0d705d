"""`labgen start`, `labgen stop` and `labgen reboot`: switch the machines of a lab."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

from labgen.console import Console
from labgen.errors import LabgenError
from labgen.lab import ownership, store
from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.providers.base import AFTER, Power, State
from labgen.providers.registry import provider
from labgen.system.interrupt import Interrupted
from labgen.system.journal import Journal
from labgen.system.parallel import gather
from labgen.system.wait import NotYet, until
from labgen.up.context import Context
from labgen.up.release_leases import release_leases

logger = logging.getLogger(__name__)

ASK = 20.0  # seconds
LEASES = 15.0  # seconds; after that, leases have run out by themselves
BOOT = 300.0  # seconds for an existing machine; others answer after a few


def switch(name: str, names: Sequence[str], action: Power, console: Console) -> None:
    """Switch the named machines of the lab, or all.

    Raises UsageError for unknown names, LabgenError with the machines that are in another state
    afterwards: a machine that was never created cannot be switched on.
    """
    lab = store.load(name)
    wanted = _chosen(lab, names)
    machines = provider(lab.provider)
    waiting = store.tell_waiting(name, console)
    with store.hold_alone(name, waiting, doing=f"power {action.value}"):
        ownership.ensure_original(lab)
        Journal(lab.journal).write(
            "power", action=action.value, machines=[machine.name for machine in wanted]
        )
        machines.power(lab, wanted, action)
        states = machines.machines(lab)
        if action is Power.ON:
            _release_leases(Context(lab, machines), wanted, states)
    good = AFTER[action]
    wrong = [f"{m.name} is {states[m.name]}" for m in wanted if states[m.name] not in good]
    if wrong:
        raise LabgenError(
            f"not every machine of lab {name} could be switched: power {action.value}",
            last_seen=", ".join(wrong),
            hint=f"to create what is missing and switch all on: {lab.up_command}",
        )
    console.say(f"power {action.value}: {', '.join(machine.name for machine in wanted)}")


def reboot(name: str, names: Sequence[str], console: Console) -> None:
    """Shut down the named machines of the lab, or all, switch them on again, and wait until they
    answer on SSH. An existing machine without a power switch reboots itself.

    Raises UsageError for unknown names, LabgenError for machines that are not on.
    """
    lab = store.load(name)
    wanted = _chosen(lab, names)
    machines = provider(lab.provider)
    waiting = store.tell_waiting(name, console)
    with store.hold_alone(name, waiting, doing="reboot"):
        ownership.ensure_original(lab)
        states = machines.machines(lab)
        off = [f"{m.name} is {states[m.name]}" for m in wanted if states[m.name] is not State.ON]
        if off:
            raise LabgenError(
                f"only machines that are on can be rebooted: {', '.join(off)}",
                hint=f"labgen start {name}",
            )
        Journal(lab.journal).write("reboot", machines=[machine.name for machine in wanted])
        alone = [m for m in wanted if machines.unsupported_reason(m, Power.ON)]
        switched = [machine for machine in wanted if machine not in alone]
        before = gather({m.name: partial(_boot_id, lab, m) for m in alone})
        machines.power(lab, switched, Power.SHUTDOWN)
        gather({m.name: partial(_reboot_itself, lab, m) for m in alone})
        machines.power(lab, switched, Power.ON)
        gather({m.name: partial(_await, lab, m, before.get(m.name)) for m in wanted})
        _release_leases(Context(lab, machines), wanted, states)
    console.say(f"rebooted: {', '.join(machine.name for machine in wanted)}")


def _release_leases(
    context: Context, booted: Sequence[Machine], states: Mapping[str, State]
) -> None:
    """Let the control plane lead again immediately, if leaders may have been lost with the boot of
    the machines and so many control planes are on that etcd has a majority."""
    control_planes = context.lab.control_planes
    on = [machine for machine in control_planes if states[machine.name] is State.ON]
    if not context.lab.kubeconfig.exists() or not set(booted) & set(control_planes):
        return
    if len(on) <= len(control_planes) // 2:
        return
    what, limit = "the release of leases", LEASES * context.lab.slowdown
    try:
        until(partial(_try_release, context), what=what, timeout=limit, interval=0.5)
    except Interrupted:
        raise
    except LabgenError as error:  # then the leases run out by themselves
        logger.debug("leases are not released: %s", error)


def _try_release(context: Context) -> None:
    if silent := release_leases(context):
        raise NotYet(f"{' and '.join(silent)} had a lease and does not answer on SSH")


def _reboot_itself(lab: Lab, machine: Machine) -> None:
    ssh = access.ssh_client(lab)
    with suppress(LabgenError):  # the connection ends with the machine
        ssh.run(machine.name, ["systemctl", "reboot"], timeout=ASK)
    ssh.close([machine.name])


def _await(lab: Lab, machine: Machine, before: str | None) -> None:
    """Wait until the machine answers on SSH, after a boot other than the one before."""
    limit = BOOT * lab.slowdown
    ssh, address = access.ssh_client(lab), str(machine.address)
    ssh.connect(machine.name, address, timeout=limit, port=machine.port)
    if before is not None:
        what = f"a boot of {machine.name}"
        until(partial(_another_boot, lab, machine, before), what=what, timeout=limit)


def _another_boot(lab: Lab, machine: Machine, before: str) -> None:
    try:
        if _boot_id(lab, machine) != before:
            return
    except LabgenError as error:
        raise NotYet(error.reason) from error
    raise NotYet("it has not shut down yet")


def _boot_id(lab: Lab, machine: Machine) -> str:
    words = ["cat", "/proc/sys/kernel/random/boot_id"]
    return access.ssh_client(lab).run(machine.name, words, timeout=ASK).stdout.strip()


def _chosen(lab: Lab, names: Sequence[str]) -> list[Machine]:
    return [lab.machine(name) for name in dict.fromkeys(names)] or list(lab.machines)
