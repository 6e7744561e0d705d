"""The section provider: where machines come from, and how labgen logs in to existing ones."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from labgen.scenario.schema.kinds import (
    JUMP,
    LIBVIRT_URI,
    LOGIN_NAME,
    PATH,
    Omittable,
    Port,
    one_of,
)
from labgen.scenario.values import AUTO

PROVIDERS = ("container", "libvirt", "ssh")


@dataclass(frozen=True, kw_only=True)
class LoginPart:
    """How labgen logs in to existing machines.

    None stands for an omitted value. A machine's value then comes from the provider section or the
    inventory, and theirs from the defaults.
    """

    user: Annotated[
        str | None,
        LOGIN_NAME,
        Field(
            description="Login name; a user other than root needs sudo. Default of a machine: the "
            "one for all machines, which is `root` if not set."
        ),
    ] = None
    port: Annotated[
        Omittable[Port],
        Field(
            description="Port of sshd. Default of a machine: the one for all machines, which is 22 "
            "if not set.",
        ),
    ] = None
    key: Annotated[
        str | None,
        PATH,
        Field(
            description="File with the login's private key, relative to this file's directory. "
            "Default of a machine: the one for all machines. If neither is set, ssh uses your "
            "agent's keys and its usual files."
        ),
    ] = None
    sudo_password_file: Annotated[
        str | None,
        PATH,
        Field(
            description="File with the login's sudo password, readable by you alone (mode 0600)."
        ),
    ] = None


@dataclass(frozen=True)
class BoxSpec:
    """A site's own Vagrant box. Vagrant decides what is empty."""

    name: Annotated[
        str,
        Field(
            strict=True,
            examples=["debian/bookworm64"],
            description="A Vagrant box of your own in place of labgen's: Debian 12 or 13 with the "
            "bundle's packages (`labgen bundle build --packages`). Only with `name: libvirt`.",
        ),
    ] = ""
    version: Annotated[
        str,
        Field(
            strict=True,
            examples=["12.20240905.1"],
            description="The box's version. Left out: the newest.",
        ),
    ] = ""
    url: Annotated[
        str,
        Field(
            strict=True,
            examples=["file:///srv/boxes/site.box"],
            description="Where Vagrant gets the box: a `.box` file or its JSON catalog. Left out: "
            "among the boxes that Vagrant has, then in the public catalog.",
        ),
    ] = ""
    user: Annotated[
        str,
        LOGIN_NAME,
        Field(
            description="The box's login, with sudo without a password. Left out: the login that "
            "the box names."
        ),
    ] = ""


@dataclass(frozen=True)
class ProviderSpec:
    """Where machines come from."""

    name: Annotated[
        str,
        one_of(AUTO, *PROVIDERS),
        Field(
            description="Where machines come from. `auto`: `libvirt` where this host has it, with "
            "a box and a KVM that boots it; otherwise `container`. `ssh`: existing machines, see "
            "`machines[].hosts`."
        ),
    ] = AUTO
    uri: Annotated[
        str | None,
        LIBVIRT_URI,
        Field(
            description="Where libvirt is: on this host, or on one that SSH reaches, as "
            "`qemu+ssh://root@host/system`. Only with `name: libvirt`. Left out: "
            "`qemu:///system`."
        ),
    ] = None
    box: Annotated[
        Omittable[BoxSpec], Field(description="A Vagrant box of your own. Only with libvirt.")
    ] = None
    jump: Annotated[
        str | None,
        JUMP,
        Field(
            description="A host through which the machines are reached by your own SSH; it may be "
            "an alias in your ~/.ssh/config. Only with `name: ssh`."
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class ProviderPart(ProviderSpec, LoginPart):
    """The section of the file. Its login is the default for all existing machines."""
