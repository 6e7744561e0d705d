"""The shape of an inventory file, and every default: logins in the words of scenario files."""

from ipaddress import IPv4Address
from typing import Annotated

from pydantic import Field, PlainValidator

from labgen.scenario import ssh_login, values
from labgen.scenario.schema import LoginPart

ANY_NAME = values.text("master1.example.org")


class MachinePart(LoginPart):
    """A machine of the cluster. An empty name means: the node that has the address."""

    address: Annotated[IPv4Address, PlainValidator(ssh_login.address)]
    name: Annotated[str, PlainValidator(ANY_NAME)] = ""
    host_key: Annotated[str | None, PlainValidator(ssh_login.host_key)] = None


class InventoryPart(LoginPart):
    """The whole file; a login here is that of all machines that have none of their own."""

    api_version: Annotated[str, PlainValidator(values.choice("labgen/v1"))] = "labgen/v1"
    kind: Annotated[str, PlainValidator(values.choice("Inventory"))] = "Inventory"
    kubeconfig: Annotated[str | None, PlainValidator(ssh_login.path)] = None
    vip: Annotated[IPv4Address | None, PlainValidator(ssh_login.address)] = None
    api_port: Annotated[int | None, PlainValidator(values.count(1, 65535))] = None
    hosts: list[MachinePart] = Field(default_factory=list)
