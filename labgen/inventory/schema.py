"""An inventory file: every field once, with its kind, limits, default and description."""

from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Annotated

from pydantic import Field, with_config

from labgen.scenario.schema import LoginPart
from labgen.scenario.schema.kinds import (
    FILE,
    HOST_KEY,
    MACHINE_ADDRESS,
    PATH,
    Omittable,
    Port,
    one_of,
)


@dataclass(frozen=True, kw_only=True)
class MachinePart(LoginPart):
    """A machine of the cluster. An empty name stands for the name of the node that has the
    address."""

    address: Annotated[
        IPv4Address,
        MACHINE_ADDRESS,
        Field(description="Where this host reaches the machine."),
    ]
    name: Annotated[
        str,
        Field(
            strict=True,
            examples=["master1.example.org"],
            description="The name of its node. Left out: the node that has the address.",
        ),
    ] = ""
    host_key: Annotated[
        str | None,
        HOST_KEY,
        Field(description="The public key of its sshd. Left out: the one in your `known_hosts`."),
    ] = None


@with_config(FILE)
@dataclass(frozen=True, kw_only=True)
class InventoryPart(LoginPart):
    """The complete file. Its login is the default for all machines."""

    api_version: Annotated[
        str, one_of("labgen/v1"), Field(description="Version of this format.")
    ] = "labgen/v1"
    kind: Annotated[str, one_of("Inventory"), Field(description="What the file is.")] = "Inventory"
    kubeconfig: Annotated[
        str | None,
        PATH,
        Field(
            description="File with the API's address, and a user with a certificate or a token. "
            "Left out: `admin.conf` of a control plane."
        ),
    ] = None
    vip: Annotated[
        IPv4Address | None,
        MACHINE_ADDRESS,
        Field(description="The virtual address of the API. Left out: labgen finds it."),
    ] = None
    api_port: Annotated[
        Omittable[Port],
        Field(
            description="Port at which clients reach the API at the VIP. Left out: labgen finds "
            "it.",
        ),
    ] = None
    hosts: Annotated[list[MachinePart], Field(description="The machines of the cluster.")] = field(
        default_factory=list
    )
