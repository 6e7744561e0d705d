"""The kernel of virtual machines: Debian's for clouds, its modules, and a busybox for the initrd.

The packages are unpacked, not installed: no initramfs tool runs.
"""

import lzma
import shutil
from pathlib import Path

from labgen.bundle.engine.recipe import BuildContext
from labgen.bundle.parts import debian
from labgen.errors import LabgenError

KERNEL = "box/vmlinuz"
MODULES = "box/modules.tar.zst"
BUSYBOX = "box/busybox"
MODULES_PLACE = "usr/lib/modules"
KEPT = ("vmlinuz", "modules", "config", "busybox")  # of the packages
TIMEOUT = 300.0
# the same bytes from the same packages
PACK = ("tar", "--create", "--zstd", "--sort=name", "--mtime=@0", "--owner=0", "--group=0")


def packages(architecture: str) -> tuple[str, str]:
    """Return the names of the Debian packages; Debian's cloud kernels use Go's names of
    architectures."""
    return (f"linux-image-cloud-{architecture}", "busybox-static")


def make(context: BuildContext, suite: str, architecture: str) -> None:
    """Take the kernel, all its modules and busybox from Debian's packages."""
    archive, root = context.scratch / "packages.tar", context.scratch / "root"
    debian.bootstrap(context, suite, "extract", packages(architecture), to=archive)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    wanted = ("./boot", f"./{MODULES_PLACE}", "./usr/bin/busybox")
    unpack: list[str | Path] = ["tar", "--extract", "--file", archive, "--directory", root]
    context.log.run([*unpack, *wanted], timeout=TIMEOUT)
    (context.out / KERNEL).parent.mkdir()
    shutil.copy(_only(root / "boot", "vmlinuz-*"), context.out / KERNEL)
    shutil.copy(root / "usr/bin/busybox", context.out / BUSYBOX)
    _unpack_modules(root / MODULES_PLACE)
    # kubeadm looks there too (k8s.io/system-validators, validators/kernel_validator.go)
    config = _only(root / "boot", "config-*")
    shutil.copy(config, root / MODULES_PLACE / config.name.removeprefix("config-") / "config")
    pack: list[str | Path] = [*PACK, "--file", context.out / MODULES]
    context.log.run([*pack, "--directory", root / MODULES_PLACE, "."], timeout=TIMEOUT)


def unpack_modules(context: BuildContext, place: Path) -> Path:
    """Unpack the part's modules to the directory place, and return the kernel version's directory
    in it."""
    place.mkdir(parents=True, exist_ok=True)
    words: list[str | Path] = ["tar", "--extract", "--zstd", "--file", context.bundle / MODULES]
    context.log.run([*words, "--directory", place], timeout=TIMEOUT)
    return _only(place, "*")


def _unpack_modules(place: Path) -> None:
    """Decompress the modules, because machines load them at every boot and the disk image
    compresses them better."""
    for packed in place.rglob("*.ko.xz"):
        packed.with_suffix("").write_bytes(lzma.decompress(packed.read_bytes()))
        packed.unlink()


def _only(place: Path, pattern: str) -> Path:
    found = sorted(place.glob(pattern))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise LabgenError(f"one {pattern} was expected in {place}, there is {names}")
    return found[0]
