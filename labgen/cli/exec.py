"""labgen exec: a command on a machine."""

import os
import shlex
import sys

import click

from labgen.cli.session import PASSED_ON, common, passed_on
from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.machine import access
from labgen.providers.programs import CLIENT, ensure_installed

LONGEST = 86400.0  # seconds


@click.command("exec", context_settings=PASSED_ON)
@click.argument("name")
@click.argument("machine")
@click.argument("command", nargs=-1, required=True)
@common
def exec_(name: str, machine: str, command: tuple[str, ...]) -> None:
    """Run COMMAND on MACHINE of the lab NAME.

    The exit code is that of COMMAND.
    """
    words = passed_on(command)
    if not words:
        raise click.UsageError("Missing argument 'COMMAND...'.")
    lab = store.load(name)
    host = lab.machine(machine).name
    ensure_installed(CLIENT, f"reach lab {name}")
    access.ensure_route(lab)
    if host in access.sudo(lab):
        _as_root(lab, host, words)
    argv = ["ssh", "-F", str(lab.ssh_config), host, "--", shlex.join(words)]
    os.execvp("ssh", argv)  # noqa: S606 - no shell in between


def _as_root(lab: Lab, host: str, words: tuple[str, ...]) -> None:
    """Run words by sudo, which reads its password before the rest of standard input."""
    given = None if sys.stdin.isatty() else sys.stdin.buffer.read()
    done = access.ssh_client(lab).run(host, words, timeout=LONGEST, input=given, check=False)
    click.echo(done.stdout, nl=False)
    click.echo(done.stderr, nl=False, err=True)
    raise SystemExit(done.exit_code)
