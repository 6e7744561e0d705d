"""From the checked file to the Scenario that the rest of labgen knows."""

from dataclasses import replace
from ipaddress import IPv4Address
from itertools import zip_longest
from pathlib import Path

from labgen.scenario.model import (
    BoxSpec,
    Cni,
    Haproxy,
    Host,
    Keepalived,
    Kubernetes,
    LoadBalancer,
    MachineSpec,
    NetworkSpec,
    ProviderSpec,
    Role,
    Scenario,
    Software,
)
from labgen.scenario.profiles import PROFILES
from labgen.scenario.schema import (
    HostPart,
    LoginPart,
    ProviderPart,
    ScenarioPart,
)

USER, PORT = "root", 22


def resolve(part: ScenarioPart, *, source: Path, overrides: tuple[str, ...]) -> Scenario:
    """The complete scenario: machines numbered, timings filled in from their profile."""
    kubernetes, network = part.kubernetes, part.network
    return Scenario(
        name=part.name,
        description=part.description,
        kubernetes=Kubernetes(
            version=kubernetes.version,
            pod_subnet=kubernetes.pod_subnet,
            service_subnet=kubernetes.service_subnet,
            cni=Cni(kubernetes.cni.name, kubernetes.cni.backend),
            certificates=kubernetes.certificates,
            runtime=kubernetes.runtime,
        ),
        network=NetworkSpec(network.subnet, network.vip, network.first_host, network.api_port),
        load_balancer=_load_balancer(part),
        machines=_machines(part, source),
        provider=_provider(part.provider),
        software=Software(part.software.packages, part.software.kubernetes),
        source=source,
        overrides=overrides,
    )


def _provider(part: ProviderPart) -> ProviderSpec:
    box = BoxSpec(**part.box.model_dump()) if part.box.name else None
    return ProviderSpec(part.name, part.uri, box, part.jump)


def _load_balancer(file: ScenarioPart) -> LoadBalancer:
    part = file.load_balancer
    own = part.timings.model_dump(exclude_none=True)
    return LoadBalancer(
        profile=part.profile,
        timings=replace(PROFILES[part.profile], **own),
        endpoint=part.endpoint,
        keepalived=Keepalived(**part.keepalived.model_dump()),
        haproxy=Haproxy(**part.haproxy.model_dump()),
        control_planes=sum(
            group.number for group in file.machines if group.role == Role.CONTROL_PLANE
        ),
    )


def _machines(part: ScenarioPart, source: Path) -> tuple[MachineSpec, ...]:
    """Host numbers follow each other in the file's order, numbers in names within a group; those
    of existing machines are those of their addresses."""
    machines: list[MachineSpec] = []
    for group in part.machines:
        for name, existing in zip_longest(group.names, group.hosts):
            number = part.network.first_host + len(machines)
            if existing and part.network.subnet:
                number = int(existing.address) - int(part.network.subnet.network_address)
            machine = MachineSpec(
                name=name,
                role=Role(group.role),
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
    """How the machine at address is reached: by its own login, as far as it has one, else by the
    file's usual one; source is that file."""
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
    """Absolute; what is relative is so to the file's directory that it is written in."""
    return (source.parent / Path(written).expanduser()).absolute() if written else None
