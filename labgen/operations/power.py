"""`labgen start` and `labgen stop`: switch the machines of a lab."""

from collections.abc import Sequence

from labgen.console import Console
from labgen.errors import LabgenError
from labgen.lab import store
from labgen.lab.lab import Lab, Machine
from labgen.providers.base import AFTER, Power
from labgen.providers.registry import provider
from labgen.system.journal import Journal


def switch(name: str, names: Sequence[str], action: Power, console: Console) -> None:
    """Switch the named machines of the lab, or all.

    Raises UsageError for unknown names, LabgenError with the machines that are in another state
    afterwards: a machine that was never created cannot be switched on.
    """
    lab = store.load(name)
    wanted = _chosen(lab, names)
    machines = provider(lab.provider)
    with store.hold(name, store.tell_waiting(name, console)):
        Journal(lab.journal).write(
            "power", action=action.value, machines=[machine.name for machine in wanted]
        )
        machines.power(lab, wanted, action)
        states = machines.machines(lab)
    good = AFTER[action]
    wrong = [f"{m.name} is {states[m.name]}" for m in wanted if states[m.name] not in good]
    if wrong:
        raise LabgenError(
            f"not every machine of lab {name} could be switched: power {action.value}",
            last_seen=", ".join(wrong),
            hint=f"to create what is missing and switch all on: {lab.up_command}",
        )
    console.say(f"power {action.value}: {', '.join(machine.name for machine in wanted)}")


def _chosen(lab: Lab, names: Sequence[str]) -> list[Machine]:
    return [lab.machine(name) for name in dict.fromkeys(names)] or list(lab.machines)
