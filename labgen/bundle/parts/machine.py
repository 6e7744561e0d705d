"""The image of system containers: a root file system, packed, and in podman."""

import shutil
from pathlib import Path

from labgen.bundle.engine import lockfile
from labgen.bundle.engine.recipe import BuildContext
from labgen.bundle.parts import rootfs
from labgen.bundle.parts.rootfs import Kind
from labgen.bundle.versions import Release
from labgen.system.podman import podman

ARCHIVE = "machine.tar.zst"
REPOSITORY = "localhost/labgen/machine"
IMPORT_TIMEOUT = 300.0
LABEL = "labgen.bundle"


def make(context: BuildContext, release: Release) -> None:
    """Build a root file system for system containers and pack it. Requires no network."""
    root = rootfs.make(context, release, Kind.CONTAINER)
    pack = ["tar", "--create", "--zstd", "--numeric-owner", "--xattrs", "--sort=name"]
    words = [*pack, "--file", str(context.out / ARCHIVE), "--directory", str(root), "."]
    context.log.run(words, timeout=300, env={"ZSTD_CLEVEL": "1", "ZSTD_NBTHREADS": "0"})
    shutil.rmtree(root)


def image(bundle: Path) -> str:
    """Return the name of the machine image that the bundle's lock file describes."""
    digest = lockfile.read(bundle).parts["machine"].outputs[ARCHIVE].sha256
    return f"{REPOSITORY}:{digest[:12]}"


def load(bundle: Path) -> None:
    """Import the machine image into podman if it is missing; remove older ones of this bundle."""
    name = image(bundle)
    if podman("image", "exists", name, check=False).ok:
        return
    changes = ("CMD /sbin/init", "STOPSIGNAL SIGRTMIN+3", f"LABEL {LABEL}={bundle}")
    options = [word for change in changes for word in ("--change", change)]
    podman("import", "--quiet", *options, bundle / ARCHIVE, name, timeout=IMPORT_TIMEOUT)
    label = f"label={LABEL}={bundle}"
    form = "{{.Repository}}:{{.Tag}}"
    listed = podman("image", "ls", "--filter", label, "--format", form).stdout.split()
    for older in set(listed) - {name}:
        podman("image", "rm", older, check=False)  # a running lab may still stand on it
