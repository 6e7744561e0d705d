"""What a build requires of this host, printed and checked before anything is built."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from labgen.bundle.engine import scratch
from labgen.bundle.engine.recipe import Part
from labgen.errors import HostUnfit
from labgen.system import files
from labgen.system.process import run

DEBIAN_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

# program -> the Debian package that brings it
PACKAGES = {
    "apt-get": "apt",
    "dpkg-deb": "dpkg",
    "gcc": "gcc",
    "ip": "iproute2",
    "libc.a": "libc6-dev",
    "mke2fs": "e2fsprogs",
    "mmdebstrap": "mmdebstrap",
    "podman": "podman",
    "qemu-img": "qemu-utils",
    "runc": "runc",
    "tar": "tar",
    "unshare": "util-linux",
    "zstd": "zstd",
}


@dataclass(frozen=True)
class Requirements:
    """The resources that building some parts requires."""

    parts: int
    seconds: float  # on two cores
    disk: int  # MiB at the peak
    memory: int  # MiB
    network: bool  # whether anything is downloaded


def of(parts: Sequence[Part], directory: Path) -> Requirements:
    """Return what building these parts of the bundle in directory requires in total."""
    objects = max((part.objects for part in parts), default=0)
    in_memory = bool(objects) and scratch.fits_memory(directory, objects)
    return Requirements(
        parts=len(parts),
        seconds=sum(part.seconds for part in parts),
        disk=_peak(parts, in_memory=in_memory),
        memory=objects if in_memory else 0,
        network=any(part.network for part in parts),
    )


def sentence(required: Requirements, name: str, directory: Path) -> str:
    """Return the line that is printed before the build."""
    minutes = required.seconds / 60
    time = f"{minutes:.0f} minutes" if minutes >= 2 else f"{required.seconds:.0f} s"
    memory = f" and {required.memory / 1024:.1f} GiB of memory" if required.memory else ""
    source = "Go modules and Debian packages from the network" if required.network else "no network"
    free = files.free_mib(directory) / 1024
    return (
        f"bundle {name}: {required.parts} parts to build, about {time} on two cores,"
        f" {required.disk / 1024:.1f} GiB of disk ({free:.0f} GiB free){memory}, {source}"
    )


def check(parts: Sequence[Part], directory: Path) -> None:
    """Raise HostUnfit, with all remedies, unless this host can build these parts."""
    if os.geteuid() != 0:
        raise HostUnfit(
            "a bundle is built as root, because its file systems contain files of other owners",
            hint="run it as root: sudo labgen bundle build",
        )
    wanted = dict.fromkeys(program for part in parts for program in part.programs)
    missing = [program for program in wanted if not _there(program)]
    packages = list(dict.fromkeys(PACKAGES.get(program, program) for program in missing))
    if "mmdebstrap" in wanted and not DEBIAN_KEYRING.exists():
        missing.append(str(DEBIAN_KEYRING))
        packages.append("debian-archive-keyring")
    if missing:
        raise HostUnfit(
            f"building the bundle needs {', '.join(missing)}",
            hint=f"apt-get install {' '.join(packages)}",
        )
    needed, free = of(parts, directory).disk, files.free_mib(directory)
    if free < needed:
        raise HostUnfit(
            f"building the bundle needs {needed} MiB below {directory}, {free} MiB are free",
            hint="make room there, or put LABGEN_HOME on a larger disk",
        )


def _peak(parts: Sequence[Part], *, in_memory: bool) -> int:
    """Return the peak in MiB: each part needs space in addition to all earlier parts."""
    peak = kept = 0
    for part in parts:
        peak = max(peak, kept + part.disk + (0 if in_memory else part.objects))
        kept += part.kept
    return peak


def _there(program: str) -> bool:
    if not program.endswith(".a"):
        return shutil.which(program) is not None
    # gcc prints the bare name if it does not find the library
    found = run(["gcc", f"-print-file-name={program}"], timeout=10, check=False).stdout.strip()
    return "/" in found
