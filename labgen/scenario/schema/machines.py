"""The section machines: groups of equal machines, to be created or existing."""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address
from typing import Annotated

from pydantic import Field

from labgen.scenario.schema.kinds import (
    COMMAND,
    DISK,
    HOST_KEY,
    LABEL,
    MACHINE_ADDRESS,
    PREFIX,
    SIZE_KIND,
    member_of,
)
from labgen.scenario.schema.provider import LoginPart

MACHINES_AT_MOST = 1000  # one host carries a lab; this only catches typing errors
CPUS_AT_MOST = 1024


class Role(StrEnum):
    CONTROL_PLANE = "control-plane"
    WORKER = "worker"


@dataclass(frozen=True)
class PowerPart:
    """Commands that labgen's host runs; either both are set or none."""

    on: Annotated[
        tuple[str, ...] | None,
        COMMAND,
        Field(
            description="Command that switches the machine on, for power faults. This host runs it "
            "without a shell. It must succeed for a machine that is on."
        ),
    ] = None
    off: Annotated[
        tuple[str, ...] | None,
        COMMAND,
        Field(description="Command that switches the machine off immediately, like a pulled plug."),
    ] = None


@dataclass(frozen=True, kw_only=True)
class HostPart(LoginPart):
    """An existing machine. An empty name stands for the group's prefix and a number."""

    address: Annotated[
        IPv4Address,
        MACHINE_ADDRESS,
        Field(description="The machine's own address, within `network.subnet`."),
    ]
    name: Annotated[
        str,
        LABEL,
        Field(description="Its name in the cluster. Left out: the group's prefix and a number."),
    ] = ""
    host_key: Annotated[
        str | None,
        HOST_KEY,
        Field(description="The public key of its sshd. Left out: the one in your `known_hosts`."),
    ] = None
    power: Annotated[
        PowerPart, Field(description="How its power is switched, for power faults.")
    ] = PowerPart()


@dataclass(frozen=True, kw_only=True)
class MachinesPart:
    """A group. An empty prefix stands for the role's default prefix."""

    role: Annotated[Role, member_of(Role), Field(description="The role of the group's machines.")]
    prefix: Annotated[
        str,
        PREFIX,
        Field(
            description="Machines are named by this and a number from 1. Left out: `master` for "
            "control planes, `node` for workers."
        ),
    ] = ""
    count: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=MACHINES_AT_MOST,
            description="Number of machines. The number of control planes of all groups together "
            "must be odd: etcd needs a majority.",
        ),
    ] = 1
    cpus: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=CPUS_AT_MOST,
            description="Processors. A control plane needs 2. Not enforced by system containers.",
        ),
    ] = 2
    # MiB
    memory: Annotated[
        int,
        SIZE_KIND,
        Field(
            description="Memory. A control plane needs 1700MiB. Not enforced by system containers."
        ),
    ] = 2048
    # GiB
    disk: Annotated[
        int, DISK, Field(description="Size of the disk. Not enforced by system containers.")
    ] = 20
    hosts: Annotated[
        list[HostPart],
        Field(
            description="Existing machines, in place of `count` and sizes. Only with provider "
            "`ssh`."
        ),
    ] = field(default_factory=list)

    @property
    def name_prefix(self) -> str:
        """Return the prefix of the names of the group's machines."""
        return self.prefix or ("master" if self.role == Role.CONTROL_PLANE else "node")

    @property
    def number(self) -> int:
        """Return the number of machines in the group."""
        return len(self.hosts) or self.count

    @property
    def names(self) -> list[str]:
        """Return the names of the group's machines."""
        usual = [f"{self.name_prefix}{number}" for number in range(1, self.number + 1)]
        return [host.name or name for host, name in zip(self.hosts, usual, strict=False)] or usual
