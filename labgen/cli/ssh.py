"""labgen ssh: a shell on a machine."""

import os

import click

from labgen.cli.session import common
from labgen.lab import store
from labgen.machine import access


@click.command()
@click.argument("name")
@click.argument("machine")
@common
def ssh(name: str, machine: str) -> None:
    """Open a shell on MACHINE of the lab NAME."""
    lab = store.load(name)
    host = lab.machine(machine).name
    access.ensure_route(lab)
    os.execvp("ssh", ["ssh", "-F", str(lab.ssh_config), host])  # noqa: S606 - no shell in between
