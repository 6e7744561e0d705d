"""The files that a bundle is built from: Go modules and the shell provisioners."""

import platform
from pathlib import Path

from labgen.errors import LabgenError
from labgen.system import data

MODULES = Path(__file__).parent / "modules"
SENT = ("faults", "facts.sh", "load-images.sh")  # sent with each use and not part of the image

# uname's words and Go's, https://go.dev/doc/install/source#environment
GO_ARCHITECTURES = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "armv7l": "arm",
    "i686": "386",
    "ppc64le": "ppc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
}


def provisioners() -> Path:
    """Return the directory with run.sh: in an installed labgen, or next to the package in a
    checkout."""
    place = data.directory("provisioners")
    if not (place / "run.sh").exists():
        raise LabgenError(
            "the provisioners (run.sh) are not next to labgen",
            hint="install labgen again: make install",
        )
    return place


def architecture() -> str:
    """Return this host's architecture by the name that Go and container images use."""
    return in_go(platform.machine())


def in_go(machine: str) -> str:
    """Return Go's name for a processor that uname reports."""
    return GO_ARCHITECTURES.get(machine, machine)


def of_the_image() -> tuple[Path, ...]:
    """Return the provisioners that a machine image contains: those not sent with each use."""
    return tuple(path for path in sorted(provisioners().iterdir()) if path.name not in SENT)
