"""A scenario as the YAML of a file, with every default filled in. Loading it gives the same
scenario."""

import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from ruamel.yaml import YAML

from labgen.scenario.model import Host, MachineSpec, Scenario
from labgen.scenario.parse import written
from labgen.scenario.schema import HostPart, MachinesPart, ProviderPart, ScenarioPart
from labgen.scenario.schema.machines import PowerPart

# Of existing machines: they have sizes of their own, and addresses.
NOT_OF_EXISTING = ("prefix", "count", "cpus", "memory", "disk")


def dump(scenario: Scenario) -> str:
    """Return the resolved scenario as YAML text."""
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 10_000  # a folded description is hard to read
    out = io.StringIO()
    yaml.dump(_file(scenario), out)
    return out.getvalue()


def settings(scenario: Scenario) -> dict[str, str]:
    """Return every value that affects a lab, by its dotted name."""
    reported = ("apiVersion", "kind", "name", "description")
    return {
        name: text
        for name, text in _leaves(_file(scenario), "")
        if name.partition(".")[0] not in reported
    }


def _leaves(value: object, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for number, item in enumerate(value):
            yield from _leaves(item, f"{name}[{number}]")
    elif isinstance(value, bool):
        yield name, str(value).lower()
    else:
        yield name, str(value)


def _file(scenario: Scenario) -> dict[str, Any]:
    """Return the scenario as the data of a file."""
    provider = scenario.provider
    part = ScenarioPart(
        name=scenario.name,
        description=scenario.description,
        kubernetes=scenario.kubernetes,
        network=scenario.network,
        load_balancer=scenario.load_balancer,
        machines=[_group(machines) for machines in _groups(scenario.machines)],
        provider=ProviderPart(
            name=provider.name, uri=provider.uri, box=provider.box, jump=provider.jump
        ),
        software=scenario.software,
    )
    file: dict[str, Any] = written(part)
    if scenario.existing:
        del file["network"]["firstHost"]
        for group in file["machines"]:
            for key in NOT_OF_EXISTING:
                del group[key]
    return {
        **file,
        "provider": _without_empty(file["provider"]),
        "machines": [_without_empty(group) for group in file["machines"]],
    }


def _without_empty(value: Any) -> Any:
    """Return a copy of value without the keys that a file omits."""
    if isinstance(value, dict):
        kept = {key: _without_empty(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in (None, "", {}, [])}
    return [_without_empty(item) for item in value] if isinstance(value, list) else value


def _groups(machines: tuple[MachineSpec, ...]) -> list[list[MachineSpec]]:
    """Return groups of machines that are equal except for consecutive numbers, or existing machines
    of one role."""
    groups: list[list[MachineSpec]] = [[machines[0]]]
    for before, machine in pairwise(machines):
        group = groups[-1]
        follows = machine.name == f"{_prefix(group)}{len(group) + 1}"
        if (follows or machine.host) and _likeness(machine) == _likeness(before):
            group.append(machine)
        else:
            groups.append([machine])
    return groups


def _prefix(group: list[MachineSpec]) -> str:
    """Return the prefix of a group, whose first machine has the number 1."""
    return group[0].name.removesuffix("1")


def _likeness(machine: MachineSpec) -> tuple[object, ...]:
    return machine.role, machine.cpus, machine.memory, machine.disk


def _group(machines: list[MachineSpec]) -> MachinesPart:
    first = machines[0]
    return MachinesPart(
        role=first.role,
        prefix=_prefix(machines),
        count=len(machines),
        cpus=first.cpus,
        memory=first.memory,
        disk=first.disk,
        hosts=[_host(machine.name, machine.host) for machine in machines if machine.host],
    )


def _host(name: str, host: Host) -> HostPart:
    return HostPart(
        address=host.address,
        name=name,
        user=host.user,
        port=host.port,
        key=str(host.key or "") or None,
        host_key=host.host_key,
        sudo_password_file=str(host.sudo_password_file or "") or None,
        power=PowerPart(host.power_on or None, host.power_off or None),
    )
