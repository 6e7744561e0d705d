"""Scenarios of bare machines, as a user writes them for existing machines."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.e2e.support.bare_machines import PASSWORD, SUBNET, BareMachine

VIP = SUBNET.network_address + 244
Switches = Mapping[str, Mapping[str, Sequence[str]]]


def scenario(
    directory: Path,
    masters: Sequence[BareMachine],
    workers: Sequence[BareMachine],
    switches: Switches = {},  # noqa: B006 - only read
    *,
    password: bool = True,
    **more: object,
) -> Path:
    """Write the scenario to directory, as JSON, which is also YAML, and return its path.

    switches are the power commands of some machines, by name. With password the scenario names the
    file with sudo's password. more is merged into the scenario.
    """
    told = {
        "name": "site",
        "network": network(),
        "provider": {"name": "ssh", **({"sudoPasswordFile": "password"} if password else {})},
        "machines": groups(masters, workers, switches),
        **more,
    }
    if password:
        sudo_password(directory)
    path = directory / "site.yaml"
    path.write_text(json.dumps(told))
    return path


def network() -> dict[str, str]:
    return {"subnet": str(SUBNET), "vip": str(VIP)}


def groups(
    masters: Sequence[BareMachine], workers: Sequence[BareMachine], switches: Switches
) -> list[dict[str, object]]:
    """Return the scenario's groups of machines."""
    told = [("control-plane", masters), ("worker", workers)]
    return [
        {"role": role, "hosts": [_host(machine, switches) for machine in group]}
        for role, group in told
        if group
    ]


def sudo_password(directory: Path) -> Path:
    """Write and return a file with the password of all bare machines."""
    path = directory / "password"
    path.write_text(f"{PASSWORD}\n")
    path.chmod(0o600)
    return path


def switch(machine: BareMachine) -> dict[str, list[str]]:
    """Return the commands of a power switch, such as those of a smart plug."""
    podman = ["podman", "--runtime", "runc"]
    return {
        "on": [*podman, "start", machine.container],
        "off": [*podman, "kill", "--signal", "KILL", machine.container],
    }


def _host(machine: BareMachine, switches: Switches) -> dict[str, object]:
    return {
        "address": str(machine.address),
        "user": machine.user,
        "hostKey": machine.host_key,
        "key": str(machine.key),
        **({"power": switches[machine.name]} if machine.name in switches else {}),
    }
