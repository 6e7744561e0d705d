"""labgen ssh: a shell or a command on a machine."""

import os
import sys

import click

from labgen.cli.session import PASSED_ON, common, passed_on
from labgen.lab import store
from labgen.machine import access
from labgen.providers.programs import CLIENT, ensure_installed


@click.command(context_settings=PASSED_ON)
@click.argument("name")
@click.argument("machine")
@click.argument("command", nargs=-1)
@common
def ssh(name: str, machine: str, command: tuple[str, ...]) -> None:
    """Open a shell on MACHINE of the lab NAME, or run COMMAND there.

    The machine's shell interprets COMMAND, as with ssh itself; `exec` passes words as they are. The
    exit code is that of COMMAND.
    """
    words = passed_on(command)
    lab = store.load(name)
    host = lab.machine(machine).name
    ensure_installed(CLIENT, f"reach lab {name}")
    access.ensure_route(lab)
    terminal = ["-t"] if words and sys.stdin.isatty() and sys.stdout.isatty() else []
    argv = ["ssh", "-F", str(lab.ssh_config), *terminal, host, *(["--", *words] if words else [])]
    os.execvp("ssh", argv)  # noqa: S606 - no shell in between
