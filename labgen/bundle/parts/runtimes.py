"""Container runtimes other than containerd: their Debian packages, and programs compiled for them.

The machine image does not contain them; a lab transfers them to its machines.
"""

from labgen.bundle.engine.recipe import BuildContext
from labgen.bundle.parts import compiling, packages
from labgen.bundle.parts.programs import RUNTIMES
from labgen.bundle.versions import Release

PROGRAMS = {"docker": ("cri-dockerd",), "cri-o": ("crio", "pinns")}


def archive(name: str) -> str:
    """Return the name of the output with the Debian packages of that runtime."""
    return f"runtimes/{name}/packages.tar"


def programs(name: str) -> tuple[str, ...]:
    """Return the outputs that are programs."""
    return tuple(f"runtimes/{name}/{program}" for program in PROGRAMS[name])


def make(context: BuildContext, name: str, release: Release) -> None:
    """Compile the runtime's programs and gather its packages."""
    compiling.runtime(context, name, release)
    packages.make_runtime(context, release.debian, name, archive(name))


NAMES = tuple(RUNTIMES)
