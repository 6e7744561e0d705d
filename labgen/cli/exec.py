"""labgen exec: a command on a machine."""

import os
import shlex

import click

from labgen.cli.session import PASSED_ON, common, passed_on
from labgen.lab import access, store


@click.command("exec", context_settings=PASSED_ON)
@click.argument("name")
@click.argument("machine")
@click.argument("command", nargs=-1, required=True)
@common
def exec_(name: str, machine: str, command: tuple[str, ...]) -> None:
    """Run COMMAND on MACHINE of the lab NAME; its exit code becomes this one's."""
    words = passed_on(command)
    if not words:
        raise click.UsageError("Missing argument 'COMMAND...'.")
    lab = store.load(name)
    host = lab.machine(machine).name
    access.ensure_route(lab)
    argv = ["ssh", "-F", str(lab.ssh_config), host, "--", shlex.join(words)]
    os.execvp("ssh", argv)  # noqa: S606 - no shell in between
