"""Labs without machines, from the scenarios that come with labgen."""

from collections.abc import Sequence
from ipaddress import IPv4Network
from pathlib import Path

from labgen.lab import allocation, store
from labgen.lab.lab import Lab
from labgen.scenario import catalog
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.load import load
from labgen.scenario.model import Scenario

SUBNET = IPv4Network("10.89.0.0/24")
REMOTE = ("provider.name=libvirt", "provider.uri=qemu+ssh://root@bighost/system")


def scenario(name: str = "ha-3x3", *overrides: str) -> Scenario:
    """Return that scenario with overrides, on a host without conflicts."""
    return load(catalog.find(name), overrides=overrides, host_environment=HostEnvironment())


def lab(wanted: str = "ha-3x3", *overrides: str, name: str = "demo") -> Lab:
    """Return a lab of that scenario on SUBNET with router id 7; nothing is created."""
    found = scenario(wanted, *overrides)
    return allocation.settle(found, name, "container", subnet=SUBNET, router_id=7)


def made(wanted: str = "single", name: str = "demo", overrides: Sequence[str] = ()) -> Lab:
    """Return a lab in labgen's state directory, without machines."""
    return store.make(scenario(wanted, *overrides), name, "container")


def with_keys(sample: Lab) -> Lab:
    """Return the lab with the credentials that its first control plane would have made."""
    for name in ("ca.crt", "admin.crt", "admin.key"):
        (sample.keys / name).write_text(f"{name} of {sample.name}\n")
    return sample


def mode(path: Path) -> int:
    """Return the permission bits of path."""
    return path.stat().st_mode & 0o7777
