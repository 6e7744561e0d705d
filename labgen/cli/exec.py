"""labgen exec: a command on a machine."""

import os
import shlex

import click

from labgen.cli.session import common
from labgen.lab import access, store


@click.command("exec")
@click.argument("name")
@click.argument("machine")
@click.argument("command", nargs=-1, required=True)
@common
def exec_(name: str, machine: str, command: tuple[str, ...]) -> None:
    """Run COMMAND on MACHINE of the lab NAME; its exit code becomes this one's."""
    lab = store.load(name)
    host = lab.machine(machine).name
    access.ensure_route(lab)
    argv = ["ssh", "-F", str(lab.ssh_config), host, "--", shlex.join(command)]
    os.execvp("ssh", argv)  # noqa: S606 - no shell in between
