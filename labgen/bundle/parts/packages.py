"""Debian packages for machines that labgen did not create, so they need no network to install them.

There is one archive per suite. It has what the provisioners' phase `packages` installs, with
everything that a minimal machine lacks, and apt's index of it.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from labgen.bundle.engine import digests
from labgen.bundle.engine.recipe import BuildContext
from labgen.bundle.parts import debian
from labgen.errors import LabgenError
from labgen.system.process import run

SUITES = ("trixie", "bookworm")
DOWNLOAD_ONLY = 'printf \'APT::Get::Download-Only "true";\\n\' >"$1"/etc/apt/apt.conf.d/00labgen'
# what every machine has that answers on SSH
MINIMAL = ("systemd-sysv", "openssh-server")
INDEX = "Packages"
TIMEOUT = 300.0
PACK = ("tar", "--create", "--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--mode=a+rX")


@dataclass(frozen=True)
class Root:
    """A future machine, by the arguments of debian.bootstrap."""

    suite: str
    variant: str
    packages: Sequence[str] = ()
    begin: str = ""


def archive(suite: str) -> str:
    """Return the name of the output with the packages of that suite."""
    return f"packages/{suite}.tar"


def make(context: BuildContext, suite: str) -> None:
    """Run the phase `packages` on a minimal machine so that it downloads but installs nothing, and
    pack the files.

    Raises LabgenError when it downloaded nothing.
    """
    root = Root(suite, "minbase", MINIMAL)
    _gather(context, root, debian.phases(("packages",)), context.out / archive(suite))


def make_runtime(context: BuildContext, suite: str, runtime: str, target: str) -> None:
    """Do the same on labgen's machine image: pack what it lacks for that container runtime.

    Raises LabgenError when nothing was downloaded.
    """
    root = Root(suite, "custom", begin=debian.unpack(context.bundle))
    hooks = debian.phases(("runtime-packages",), runtime=runtime)
    _gather(context, root, hooks, context.out / target)


def _gather(context: BuildContext, root: Root, phases: Sequence[str], target: Path) -> None:
    """Pack into target the packages that phases download in that root."""
    found = context.scratch / "found"
    shutil.rmtree(found, ignore_errors=True)
    found.mkdir()
    hooks = (DOWNLOAD_ONLY, *phases, f'cp "$1"/var/cache/apt/archives/*.deb "{found}"')
    debian.bootstrap(
        context,
        root.suite,
        root.variant,
        root.packages,
        to=Path("/dev/null"),
        hooks=hooks,
        begin=root.begin,
    )
    (found / INDEX).write_text(index(found))
    target.parent.mkdir(parents=True, exist_ok=True)
    context.log.run([*PACK, "--file", target, "--directory", found, "."], timeout=TIMEOUT)


def index(directory: Path) -> str:
    """Return apt's index of the packages in directory, deb822(5). Raises LabgenError if there are
    none."""
    packages = sorted(directory.glob("*.deb"))
    if not packages:
        raise LabgenError(f"no package came to {directory}")
    return "\n".join(_entry(package) for package in packages)


def _entry(package: Path) -> str:
    control = run(["dpkg-deb", "--field", package], timeout=30).stdout
    digest = digests.of_file(package)
    return (
        f"{control.rstrip()}\nFilename: ./{package.name}\n"
        f"Size: {digest.size}\nSHA256: {digest.sha256}\n"
    )
