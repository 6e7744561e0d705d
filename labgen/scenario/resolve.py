"""From the checked file to the Scenario that the rest of labgen knows."""

from dataclasses import replace
from pathlib import Path

from labgen.scenario.model import (
    Cni,
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
from labgen.scenario.schema import LoadBalancerPart, ScenarioPart


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
        ),
        network=NetworkSpec(network.subnet, network.vip, network.first_host, network.api_port),
        load_balancer=_load_balancer(part.load_balancer),
        machines=_machines(part),
        provider=ProviderSpec(part.provider.name, part.provider.uri),
        software=Software(part.software.packages, part.software.kubernetes),
        source=source,
        overrides=overrides,
    )


def _load_balancer(part: LoadBalancerPart) -> LoadBalancer:
    own = part.timings.model_dump(exclude_none=True)
    return LoadBalancer(part.profile, replace(PROFILES[part.profile], **own))


def _machines(part: ScenarioPart) -> tuple[MachineSpec, ...]:
    """Host numbers follow each other in the file's order, numbers in names within a group."""
    machines: list[MachineSpec] = []
    for group in part.machines:
        for number in range(1, group.count + 1):
            machine = MachineSpec(
                name=f"{group.name_prefix}{number}",
                role=Role(group.role),
                host_number=part.network.first_host + len(machines),
                cpus=group.cpus,
                memory=group.memory,
                disk=group.disk,
            )
            machines.append(machine)
    return tuple(machines)
