"""A container image with one program, as an archive."""

from pathlib import Path

from labgen.bundle.engine.archive import Image, program_layer, write
from labgen.bundle.parts import sources
from labgen.bundle.store import require
from labgen.lab.lab import Lab

NAME = "example.test/tiny:1"
PROGRAM = "/tiny"


def archive(lab: Lab, directory: Path) -> Path:
    """Write the image NAME into a new archive in directory. Its program is one of the bundle's that
    needs no library."""
    layer = program_layer(require(lab.scenario.kubernetes.version).cni / "flannel", PROGRAM,
                          directory / "layer.tar.gz")  # fmt: skip
    path = directory / "tiny.tar"
    write([Image(NAME, (layer,), PROGRAM)], sources.architecture(), path)
    return path
