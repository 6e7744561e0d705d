"""labgen load: container images into the machines of a lab."""

import click

from labgen.cli.session import Session, common
from labgen.operations.load import load as load_images


@click.command()
@click.argument("name")
@click.argument("image", nargs=-1, required=True)
@common
@click.pass_obj
def load(session: Session, name: str, image: tuple[str, ...]) -> None:
    """Load container images into all machines of the lab NAME.

    IMAGE is a file, as `podman save` or `docker save` writes it (docker-archive or oci-archive), or
    the name of an image that podman or docker has on this host. Pods find it by the name that is
    printed.
    """
    load_images(name, image, session.console())
