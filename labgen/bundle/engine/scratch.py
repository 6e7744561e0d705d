"""Go's caches for a build whose user's own caches lack the sources.

All parts of a build share them. They survive an interrupted build and are removed at the end of a
complete one. Sources are next to the bundle. Compiled packages are large and needed for minutes
only: they are in memory if there is enough, otherwise next to the bundle.
"""

import hashlib
import shutil
from pathlib import Path

from labgen.system import host

MIB = 1 << 20
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - tmpfs on every Linux with glibc, shm_overview(7)
# two concurrent linkers take 2 GiB each, and the host has other work
LEFT_FREE = 5000
BUILDING = ".building"


def sources(bundle: Path) -> Path:
    """Return Go's module cache for the bundle in that directory."""
    return bundle / BUILDING / "go" / "modules"


def objects(bundle: Path, size: int) -> Path:
    """Return the directory for compiled packages, which may grow to size MiB."""
    return in_memory(bundle) if fits_memory(bundle, size) else bundle / BUILDING / "go" / "objects"


def fits_memory(bundle: Path, size: int) -> bool:
    """Return whether memory has room for objects of size MiB and for the compilers."""
    if in_memory(bundle).exists():
        return True
    if not SHARED_MEMORY.is_dir() or shutil.disk_usage(SHARED_MEMORY).free // MIB < size:
        return False
    return host.memory_free() >= size + LEFT_FREE


def in_memory(bundle: Path) -> Path:
    """Return the directory of the objects in memory, which need not exist; each bundle directory
    has one."""
    digest = hashlib.sha256(str(bundle).encode()).hexdigest()[:12]
    return SHARED_MEMORY / f"labgen-bundle-{digest}"


def clear(bundle: Path) -> None:
    """Remove sources and objects."""
    shutil.rmtree(in_memory(bundle), ignore_errors=True)
    shutil.rmtree(bundle / BUILDING / "go", ignore_errors=True)
