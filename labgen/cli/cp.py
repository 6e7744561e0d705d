"""labgen cp: files to and from machines."""

import os

import click

from labgen.cli.session import common
from labgen.operations import copy


@click.command()
@click.argument("source", nargs=-1, required=True)
@click.argument("target")
@common
def cp(source: tuple[str, ...], target: str) -> None:
    """Copy files and directories to or from machines.

    A path on a machine is LAB:MACHINE:PATH, relative to the login's home if it does not begin with
    a slash. Either TARGET or every SOURCE is such a path. The exit code is that of scp.
    """
    argv = copy.command(source, target)
    os.execvp("scp", argv)  # noqa: S606 - no shell in between
