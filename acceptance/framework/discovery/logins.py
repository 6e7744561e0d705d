"""Log in to the machines of an inventory, with the keys and logins that it names."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from acceptance.framework.clients import machines
from acceptance.framework.clients.machines import On
from acceptance.framework.cluster import Cluster, no_login
from acceptance.framework.discovery import inspect
from acceptance.framework.discovery.inspect import Inspection
from labgen.errors import LabgenError
from labgen.inventory.model import Inventory
from labgen.lab.lab import Machine
from labgen.machine.access import sudo_on
from labgen.machine.gather_facts import known_keys
from labgen.machine.login import Unread, become_root, greet
from labgen.machine.ssh import Ssh
from labgen.render.ssh_config import found_ssh_config
from labgen.scenario.model import Role
from labgen.system import files
from labgen.system.parallel import gather

CONFIG, KNOWN_HOSTS = "ssh_config", "known_hosts"


def ssh_client(inventory: Inventory, directory: Path) -> Ssh:
    """Return an SSH client for the inventory's hosts as root, by their addresses; its files are in
    directory."""
    known, config = directory / KNOWN_HOSTS, directory / CONFIG
    machines_ = hosts(inventory)
    if not config.exists():
        files.write(known, known_keys(machines_), mode=files.PRIVATE)
        text = found_ssh_config(machines_, directory, known) if machines_ else ""
        files.write(config, text, mode=files.PRIVATE)
    return Ssh(config, sudo=sudo_on(machines_))


def hosts(inventory: Inventory) -> list[Machine]:
    """Return the inventory's hosts as machines, named by their addresses until their nodes are
    known."""
    return [
        Machine(str(host.address), Role.WORKER, host.address, cpus=0, memory=0, disk=0, host=host)
        for _, host in inventory.hosts
    ]


def on(cluster: Cluster, ssh: Ssh) -> On:
    """Return testinfra hosts by the names of nodes; skip the test if there is no login."""
    through = machines.through(ssh)

    def host(name: str) -> Any:
        if name not in cluster.logins:
            pytest.skip(no_login(cluster, name))
        return through(cluster.logins[name])

    return host


def read(inventory: Inventory, ssh: Ssh) -> Mapping[str, Inspection | Unread]:
    """Return each host's inspection, or why it could not be read, by its address."""
    plain = Ssh(ssh.config)
    return gather({m.name: partial(_read, plain, ssh, m) for m in hosts(inventory)})


def _read(plain: Ssh, ssh: Ssh, machine: Machine) -> Inspection | Unread:
    try:
        greet(None, plain, machine)
        become_root(plain, ssh, machine)
        return inspect.inspect(ssh, machine.name)
    except Unread as unread:
        return unread
    except LabgenError as error:
        return Unread(error.message, error.hint or f"to inspect: ssh {machine.address}")
