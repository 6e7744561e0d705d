"""labgen kubeconfig: a lab's kubeconfig on standard output."""

import click

from labgen.cli.session import common, lab_argument
from labgen.lab import store
from labgen.machine import access


@click.command()
@lab_argument
@common
def kubeconfig(name: str) -> None:
    """Print the admin kubeconfig of the lab NAME.

    It contains a private key.
    """
    lab = store.load(name)
    click.echo(access.kubeconfig(lab).read_text(), nl=False)
