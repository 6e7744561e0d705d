"""Write files atomically: to a temporary name that is then renamed."""

import os
import secrets
import shutil
from pathlib import Path

MIB = 1 << 20
PRIVATE = 0o600


def write(path: Path, content: str | bytes, *, mode: int = 0o644) -> None:
    """Write content to path atomically; create its parents and replace an older file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def may_exist(path: Path) -> bool:
    """Return whether the path may exist. One that cannot be inspected, because it is another
    user's, counts as existing."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def private_directory(path: Path) -> Path:
    """Create path as a directory that only its owner can read, and return it."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def free_mib(directory: Path) -> int:
    """Return the free space in MiB where directory is or will be."""
    place = directory
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free // MIB
