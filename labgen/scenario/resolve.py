"""Convert the checked file to the Scenario that the other packages of labgen use."""

from dataclasses import fields, replace
from ipaddress import IPv4Address
from itertools import zip_longest
from pathlib import Path

from labgen.scenario.model import Host, LoadBalancer, MachineSpec, ProviderSpec, Role, Scenario
from labgen.scenario.schema import HostPart, LoginPart, ProviderPart, ScenarioPart

USER, PORT = "root", 22


def resolve(part: ScenarioPart, *, source: Path, overrides: tuple[str, ...]) -> Scenario:
    """Return the complete scenario: machines one by one, with their logins."""
    return Scenario(
        name=part.name,
        description=part.description,
        kubernetes=part.kubernetes,
        network=part.network,
        load_balancer=_load_balancer(part),
        machines=_machines(part, source),
        provider=_provider(part.provider),
        software=part.software,
        source=source,
        overrides=overrides,
    )


def _provider(part: ProviderPart) -> ProviderSpec:
    box = part.box if part.box and part.box.name else None
    return ProviderSpec(part.name, part.uri, box, part.jump)


def _load_balancer(part: ScenarioPart) -> LoadBalancer:
    settings = {
        item.name: getattr(part.load_balancer, item.name) for item in fields(part.load_balancer)
    }
    control_planes = [group for group in part.machines if group.role is Role.CONTROL_PLANE]
    return LoadBalancer(**settings, control_planes=sum(group.number for group in control_planes))


def _machines(part: ScenarioPart, source: Path) -> tuple[MachineSpec, ...]:
    """Return all machines. Host numbers are consecutive, in the file's order, except for existing
    machines, whose numbers come from their addresses."""
    machines: list[MachineSpec] = []
    for group in part.machines:
        for name, existing in zip_longest(group.names, group.hosts):
            number = part.network.first_host + len(machines)
            if existing and part.network.subnet:
                number = int(existing.address) - int(part.network.subnet.network_address)
            machine = MachineSpec(
                name=name,
                role=group.role,
                host_number=number,
                cpus=group.cpus,
                memory=group.memory,
                disk=group.disk,
                host=_host(existing, part.provider, source) if existing else None,
            )
            machines.append(machine)
    return tuple(machines)


def _host(part: HostPart, usual: ProviderPart, source: Path) -> Host:
    reached = host(part.address, part.host_key, part, usual, source)
    return replace(reached, power_on=part.power.on or (), power_off=part.power.off or ())


def host(
    address: IPv4Address, host_key: str | None, login: LoginPart, usual: LoginPart, source: Path
) -> Host:
    """Return how labgen logs in to the machine at address: login, completed by usual.

    source is the file that contains both.
    """
    password = login.sudo_password_file or usual.sudo_password_file
    return Host(
        address=address,
        user=login.user or usual.user or USER,
        port=login.port or usual.port or PORT,
        key=resolved_path(login.key or usual.key, source),
        host_key=host_key,
        sudo_password_file=resolved_path(password, source),
    )


def resolved_path(written: str | None, source: Path) -> Path | None:
    """Return an absolute path; a relative one is relative to the directory of source."""
    return (source.parent / Path(written).expanduser()).absolute() if written else None
