"""labgen kubeconfig: a lab's kubeconfig on standard output."""

import click

from labgen.cli.session import common
from labgen.lab import store
from labgen.report.errors import LabgenError


@click.command()
@click.argument("name")
@common
def kubeconfig(name: str) -> None:
    """Print the admin's kubeconfig of the lab NAME. It holds a private key."""
    lab = store.load(name)
    if not lab.kubeconfig.exists():
        raise LabgenError(
            f"lab {name} has no kubeconfig yet: its first control plane is not initialised",
            hint=f"to go on: {lab.up_command}",
        )
    click.echo(lab.kubeconfig.read_text(), nl=False)
