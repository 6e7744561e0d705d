"""labgen kubectl: the kubectl of the bundle, on a lab."""

import os

import click

from labgen.cli.session import PASSED_ON, common, passed_on
from labgen.cluster import kubectl as cluster
from labgen.lab import store
from labgen.machine import access


@click.command(context_settings=PASSED_ON)
@click.argument("name")
@click.argument("arguments", nargs=-1)
@common
def kubectl(name: str, arguments: tuple[str, ...]) -> None:
    """Run kubectl with ARGUMENTS on the lab NAME, as admin."""
    lab = store.load(name)
    access.ensure_route(lab)
    program, environment = cluster.program(lab), cluster.environment(lab)
    os.execve(program, ["kubectl", *passed_on(arguments)], environment)  # noqa: S606 - no shell in between
