"""Bare machines as a scenario names them: what a user writes of machines that exist."""

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
    """The file, in the YAML that is JSON, in directory; switches are of some machines, by name.

    With password it names the file that sudo's is in; more is the rest of the scenario.
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
    """The scenario's machines."""
    told = [("control-plane", masters), ("worker", workers)]
    return [
        {"role": role, "hosts": [_host(machine, switches) for machine in group]}
        for role, group in told
        if group
    ]


def sudo_password(directory: Path) -> Path:
    """A file with the password of all bare machines."""
    path = directory / "password"
    path.write_text(f"{PASSWORD}\n")
    path.chmod(0o600)
    return path


def switch(machine: BareMachine) -> dict[str, list[str]]:
    """A smart plug, as it were."""
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
