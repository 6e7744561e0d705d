"""The initrd of virtual machines: busybox, init.sh, and the few modules for disk and network."""

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from labgen.bundle.engine import cpio
from labgen.bundle.engine.recipe import BuildContext
from labgen.bundle.parts import kernel
from labgen.errors import LabgenError
from labgen.system import files

INITRD = "box/initrd.img"
INIT = Path(__file__).parent / "init.sh"
# What the kernel needs for its root file system. And the network: udev handles interfaces first
# that exist when it starts. Otherwise an emulated machine loaded this driver 17 s after networkd
# ran.
WANTED = ("virtio_pci", "virtio_blk", "crc32c_generic", "ext4", "virtio_net")
# busybox's commands in init.sh
COMMANDS = ("echo", "insmod", "mount", "poweroff", "sh", "sleep", "switch_root", "umount")
CONSOLE = (5, 1)  # Documentation/admin-guide/devices.txt


def make(context: BuildContext) -> None:
    """Pack the initrd. It is small, so the kernel reads it faster uncompressed."""
    place = context.scratch / "modules"
    shutil.rmtree(place, ignore_errors=True)
    tree = kernel.unpack_modules(context, place)
    modules = {module_name(path.stem): path.read_bytes() for path in sorted(tree.rglob("*.ko"))}
    busybox = (context.bundle / kernel.BUSYBOX).read_bytes()
    content = cpio.archive(entries(busybox, INIT.read_bytes(), modules, built_in(tree)))
    files.write(context.out / INITRD, content)


def entries(
    busybox: bytes, init: bytes, modules: Mapping[str, bytes], inside: frozenset[str]
) -> Iterator[cpio.Entry]:
    """Yield the content of the initrd; modules has their content by name, inside the names of
    built-in ones.

    Modules are numbered in the order in which they load.
    """
    for name in ("bin", "dev", "modules", "proc", "root"):
        yield cpio.directory(name)
    yield cpio.node("dev/console", CONSOLE)
    yield cpio.program("bin/busybox", busybox)
    for command in COMMANDS:
        yield cpio.link(f"bin/{command}", "busybox")
    yield cpio.program("init", init)
    for number, name in enumerate(load_order(modules, inside)):
        yield cpio.program(f"modules/{number:02}-{name}.ko", modules[name])


def load_order(modules: Mapping[str, bytes], inside: frozenset[str]) -> list[str]:
    """Return the wanted modules and their dependencies, each after its dependencies, without
    built-in ones.

    Raises LabgenError for a module that the kernel does not have, built in or as a file.
    """
    order: list[str] = []

    def add(name: str) -> None:
        if name in inside or name in order:
            return
        if name not in modules:
            raise LabgenError(f"the kernel has no module {name}")
        for needed in needs(modules[name]):
            add(needed)
        order.append(name)

    for name in WANTED:
        add(name)
    return order


def needs(module: bytes) -> list[str]:
    """Return the modules that this one depends on, by its section .modinfo."""
    said = re.search(rb"\0depends=([^\0]*)\0", b"\0" + module)
    return [module_name(name) for name in said[1].decode().split(",") if name] if said else []


def built_in(tree: Path) -> frozenset[str]:
    """Return the modules that are built into the kernel, by modules.builtin."""
    lines = (tree / "modules.builtin").read_text().splitlines()
    return frozenset(module_name(Path(line).stem) for line in lines)


def module_name(name: str) -> str:
    """Return the kernel's name of the module; files may have names such as crc32c-intel.ko."""
    return name.replace("-", "_")
