"""`labgen start` and `labgen stop`: the power switches of a lab's machines."""

from collections.abc import Sequence

from labgen.lab import store
from labgen.lab.lab import Lab, Machine
from labgen.providers.base import Power
from labgen.providers.choose import provider
from labgen.report.console import Console
from labgen.system.journal import Journal


def switch(name: str, names: Sequence[str], action: Power, console: Console) -> None:
    """Do action to the named machines of the lab, or to all; WrongCall for unknown names."""
    lab = store.load(name)
    machines = _chosen(lab, names)
    with store.hold(name, lambda who: console.say(f"waiting for {who} to finish with lab {name}")):
        Journal(lab.directory / "journal.jsonl").write(
            "power", action=action.value, machines=[machine.name for machine in machines]
        )
        provider(lab.provider).power(lab, machines, action)
    console.say(f"power {action.value}: {', '.join(machine.name for machine in machines)}")


def _chosen(lab: Lab, names: Sequence[str]) -> list[Machine]:
    return [lab.machine(name) for name in dict.fromkeys(names)] or list(lab.machines)
