"""The networks that podman, Docker and libvirt have defined here, started or not.

One that is not started has no bridge and no route yet. It gets both with its first container or
machine, for instance after a boot.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from labgen.system.process import CommandTimedOut, Completed, run

TIMEOUT = 10.0  # seconds; a daemon that hangs must not keep a lab from coming up
PODMAN = ("podman", "network", "ls", "--format", "json")
# The daemon of this host, whatever the user's context or DOCKER_HOST is.
DOCKER = ("docker", "--host", "unix:///var/run/docker.sock", "network")
# libvirt keeps one file for each network, so its daemon need not run.
LIBVIRT = "/etc/libvirt/qemu/networks"
READ = ("find", LIBVIRT, "-maxdepth", "1", "-name", "*.xml", "-exec", "cat", "{}", "+")
Run = Callable[..., Completed]


@dataclass(frozen=True)
class DefinedNetwork:
    """An IPv4 range of a network that somebody defined."""

    subnet: IPv4Network
    bridge: str  # the interface that it has or will have; empty if that is not known
    owner: str  # whose it is, for users: "podman's network ci"


def defined_networks(run_there: Run = run) -> tuple[DefinedNetwork, ...]:
    """Return the networks that are defined on this host, or where run_there runs commands.

    Programs that are missing or do not answer have none. Those of rootless podman do not count:
    each user's are in a network namespace of their own.
    """
    rootless = run_there is run and os.geteuid() != 0
    of_podman = () if rootless else _of_podman(run_there)
    return (*of_podman, *_of_docker(run_there), *_of_libvirt(run_there))


def _of_podman(run_there: Run) -> Iterator[DefinedNetwork]:
    for network in _json(_output(run_there, *PODMAN)):
        owner = f"podman's network {network.get('name', '')}"
        bridge = str(network.get("network_interface", ""))
        # netavark has a list of subnets; with CNI, podman 3 prints the plugins' configuration
        for subnet in _subnets(network):
            yield DefinedNetwork(subnet, bridge, owner)


def _of_docker(run_there: Run) -> Iterator[DefinedNetwork]:
    ids = _output(run_there, *DOCKER, "ls", "--quiet").split()
    for network in _json(_output(run_there, *DOCKER, "inspect", *ids)) if ids else ():
        options = network.get("Options") or {}
        bridge = options.get("com.docker.network.bridge.name") or f"br-{network.get('Id', '')[:12]}"
        for subnet in _subnets(network.get("IPAM")):
            owner = f"Docker's network {network.get('Name', '')}"
            yield DefinedNetwork(subnet, str(bridge), owner)


def _of_libvirt(run_there: Run) -> Iterator[DefinedNetwork]:
    text = _output(run_there, *READ)
    for network in re.findall(r"<network\b.*?</network>", text, re.DOTALL):
        name = re.search(r"<name>(.*?)</name>", network)
        bridge = re.search(r"<bridge\b[^>]*\bname='([^']+)'", network)
        for words in re.findall(r"<ip\b([^>]*)>", network):
            told = dict(re.findall(r"(\w+)='([^']*)'", words))
            mask = told.get("prefix") or told.get("netmask")
            for subnet in _network(f"{told.get('address')}/{mask}"):
                owner = f"libvirt's network {name[1] if name else ''}"
                yield DefinedNetwork(subnet, bridge[1] if bridge else "", owner)


def _output(run_there: Run, *argv: str) -> str:
    with suppress(CommandTimedOut):
        return run_there(argv, timeout=TIMEOUT, check=False).stdout
    return ""


def _json(text: str) -> list[dict[str, Any]]:
    with suppress(ValueError):
        found = json.loads(text or "[]")
        return [it for it in found if isinstance(it, dict)] if isinstance(found, list) else []
    return []


def _subnets(value: object) -> Iterator[IPv4Network]:
    """Yield the IPv4 ranges at any key "subnet", however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if str(key).lower() == "subnet":
                yield from _network(str(inner))
            else:
                yield from _subnets(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _subnets(inner)


def _network(text: str) -> Iterator[IPv4Network]:
    with suppress(ValueError):  # IPv6, or none
        yield IPv4Network(text, strict=False)
