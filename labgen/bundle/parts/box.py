"""The Vagrant box for libvirt: a machine's disk with all images unpacked, its kernel and initrd.

The disk is one ext4 file system without a partition table or a boot loader: the hypervisor gives
kernel and initrd. No loop device is needed to make it.
"""

import json
import shutil
from pathlib import Path

from labgen.bundle.engine import lockfile
from labgen.bundle.engine.recipe import BuildContext
from labgen.bundle.parts import golden, initrd, kernel, rootfs
from labgen.bundle.parts.rootfs import Kind
from labgen.bundle.versions import Release
from labgen.system import files

ARCHIVE = "box/labgen.box"
SIZE = 10  # GiB; a machine grows its file system to its disk at its boot
DISK = "box.img"
TIMEOUT = 900.0
VAGRANTFILE = Path(__file__).parent / "box.Vagrantfile"
METADATA = {"provider": "libvirt", "format": "qcow2", "virtual_size": SIZE}
# any fixed number, so that the same files make the same disk
IDENTITY = "1ab9e200-0000-4000-8000-000000000000"


def make(context: BuildContext, release: Release) -> None:
    """Make the root file system for virtual machines, the disk from it, and pack the box."""
    root = rootfs.make(context, release, Kind.VM)
    modules = kernel.unpack_modules(context, root / kernel.MODULES_PLACE)
    rootfs.run_inside(context, root, "depmod", modules.name)
    store = root / "var/lib/containerd"
    shutil.rmtree(store, ignore_errors=True)
    golden.clone(context.bundle / golden.STORE, store)
    place = context.scratch / "box"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    _make_disk(context, root, place / DISK)
    shutil.rmtree(root)
    files.write(place / "metadata.json", json.dumps(METADATA) + "\n")
    shutil.copy(VAGRANTFILE, place / "Vagrantfile")
    for name in (kernel.KERNEL, initrd.INITRD):
        shutil.copy(context.bundle / name, place)
    (context.out / ARCHIVE).parent.mkdir()
    _pack(context, place)
    shutil.rmtree(place)


def version(release: Release, bundle: Path) -> str:
    """Return the box's version in Vagrant's format, from the bundle's lock file.

    Other content needs another version, because Vagrant identifies a box by name and version.
    """
    digest = lockfile.read(bundle).parts["box"].outputs[ARCHIVE].sha256
    return f"{release.kubernetes.removeprefix('v')}.{int(digest[:8], 16)}"


def _pack(context: BuildContext, place: Path) -> None:
    """Pack the tar that `vagrant box add` accepts; its large member is already compressed."""
    names = sorted(path.name for path in place.iterdir())
    words: list[str | Path] = ["tar", "--create", "--mtime=@0", "--mode=644"]
    words += ["--owner=0", "--group=0", "--file", context.out / ARCHIVE, "--directory", place]
    context.log.run([*words, *names], timeout=TIMEOUT)


def _make_disk(context: BuildContext, root: Path, disk: Path) -> None:
    """Make an ext4 file system with everything below root in it, as a compressed qcow2 image.

    Its inode tables are written now, which takes no time here. Otherwise each machine would write
    them while it runs.
    """
    raw = disk.with_suffix(".raw")
    options = f"lazy_itable_init=0,lazy_journal_init=0,hash_seed={IDENTITY}"
    words: list[str | Path] = ["mke2fs", "-q", "-t", "ext4", "-L", "labgen", "-U", IDENTITY]
    words += ["-m", "1", "-E", options, "-d", root, raw, f"{SIZE}G"]
    context.log.run(words, timeout=TIMEOUT, env={"E2FSPROGS_FAKE_TIME": "1"})
    convert = ["qemu-img", "convert", "-c", "-O", "qcow2", "-o", "compression_type=zstd"]
    context.log.run([*convert, raw, disk], timeout=TIMEOUT)
    raw.unlink()
