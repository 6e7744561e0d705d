"""labgen kubeconfig: a lab's kubeconfig on standard output."""

import click

from labgen.cli.session import Session, common, lab_argument
from labgen.cluster import kubectl
from labgen.lab import store
from labgen.machine import access


@click.command()
@lab_argument
@click.option(
    "--ca", is_flag=True, help="Print the path of the CA's certificate instead, for curl."
)
@common
@click.pass_obj
def kubeconfig(session: Session, name: str, *, ca: bool) -> None:
    """Print the admin kubeconfig of the lab NAME.

    It contains a private key. What your own kubectl needs where a proxy is set is printed to
    standard error.
    """
    lab = store.load(name)
    path = access.kubeconfig(lab)
    click.echo(f"{lab.keys / 'ca.crt'}\n" if ca else path.read_text(), nl=False)
    if not ca and (hint := kubectl.proxy_hint(lab)):
        session.console().say(hint)
