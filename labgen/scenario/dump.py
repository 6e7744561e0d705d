"""A scenario as the YAML of a file, with every default filled in. It loads to the same again."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import pairwise

from pydantic.alias_generators import to_camel
from ruamel.yaml import YAML

from labgen.scenario.balancing import NONE
from labgen.scenario.model import (
    Haproxy,
    Host,
    Keepalived,
    MachineSpec,
    ProviderSpec,
    Scenario,
    Timings,
)
from labgen.scenario.units import show_duration, show_size
from labgen.scenario.values import AUTO

COUNTS = {"script_fall", "script_rise", "rise", "fall", "retries", "slowdown"}


def dump(scenario: Scenario) -> str:
    """The resolved scenario as YAML text."""
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 10_000  # a folded description is hard to read
    out = io.StringIO()
    yaml.dump(_file(scenario), out)
    return out.getvalue()


def settings(scenario: Scenario) -> dict[str, str]:
    """Every value that makes a difference to a lab, by its dotted name."""
    told = ("apiVersion", "kind", "name", "description")
    return {
        name: text
        for name, text in _leaves(_file(scenario), "")
        if name.partition(".")[0] not in told
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


def _file(scenario: Scenario) -> dict[str, object]:
    kubernetes, network = scenario.kubernetes, scenario.network
    return {
        "apiVersion": "labgen/v1",
        "kind": "Scenario",
        "name": scenario.name,
        "description": scenario.description,
        "kubernetes": {
            "version": kubernetes.version,
            "podSubnet": str(kubernetes.pod_subnet),
            "serviceSubnet": str(kubernetes.service_subnet),
            "cni": {"name": kubernetes.cni.name, "backend": kubernetes.cni.backend},
            "certificates": kubernetes.certificates,
            "runtime": kubernetes.runtime,
        },
        "network": {
            "subnet": str(network.subnet or AUTO),
            "vip": str(network.vip or AUTO),
            **({} if scenario.existing else {"firstHost": network.first_host}),
            "apiPort": network.api_port,
        },
        "loadBalancer": {
            "profile": scenario.load_balancer.profile,
            "endpoint": scenario.load_balancer.endpoint,
            "timings": _timings(scenario.load_balancer.timings),
            "keepalived": _keepalived(scenario.load_balancer.keepalived),
            "haproxy": _haproxy(scenario.load_balancer.haproxy),
        },
        "machines": [_group(machines) for machines in _groups(scenario.machines)],
        "provider": _provider(scenario.provider),
        "software": asdict(scenario.software),
    }


def _provider(provider: ProviderSpec) -> dict[str, object]:
    box = (
        {key: value for key, value in asdict(provider.box).items() if value} if provider.box else {}
    )
    shown = {"name": provider.name, "uri": provider.uri, "box": box, "jump": provider.jump}
    return {key: value for key, value in shown.items() if value}


def _keepalived(keepalived: Keepalived) -> dict[str, object]:
    written = _camel(asdict(keepalived))
    return {**written, "priorities": list(keepalived.priorities) or AUTO}


def _haproxy(haproxy: Haproxy) -> dict[str, object]:
    slow_start = show_duration(haproxy.slow_start) if haproxy.slow_start else NONE
    written = _camel(asdict(haproxy))
    return {**written, "bind": list(haproxy.bind), "slowStart": slow_start}


def _timings(timings: Timings) -> dict[str, object]:
    return _camel(
        {
            name: value if name in COUNTS else show_duration(value)
            for name, value in asdict(timings).items()
        }
    )


def _camel(values: Mapping[str, object]) -> dict[str, object]:
    """The same by the names that the file has for them."""
    return {to_camel(name): value for name, value in values.items()}


def _groups(machines: tuple[MachineSpec, ...]) -> list[list[MachineSpec]]:
    """Neighbours whose numbers follow each other and that are equal otherwise; existing machines
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
    """A group's first machine has the number 1."""
    return group[0].name.removesuffix("1")


def _likeness(machine: MachineSpec) -> tuple[object, ...]:
    return machine.role, machine.cpus, machine.memory, machine.disk


def _group(machines: list[MachineSpec]) -> dict[str, object]:
    first = machines[0]
    if first.host:
        hosts = [_host(machine.name, machine.host) for machine in machines if machine.host]
        return {"role": str(first.role), "hosts": hosts}
    return {
        "prefix": _prefix(machines),
        "role": str(first.role),
        "count": len(machines),
        "cpus": first.cpus,
        "memory": show_size(first.memory),
        "disk": f"{first.disk}GiB",
    }


def _host(name: str, host: Host) -> dict[str, object]:
    shown: dict[str, object] = {
        "address": str(host.address),
        "name": name,
        "user": host.user,
        "port": host.port,
        "key": str(host.key or ""),
        "hostKey": host.host_key,
        "sudoPasswordFile": str(host.sudo_password_file or ""),
    }
    if host.power_on:
        shown["power"] = {"on": list(host.power_on), "off": list(host.power_off)}
    return {key: value for key, value in shown.items() if value}
