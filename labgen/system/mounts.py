"""Mounts on this host below a directory."""

import re
from pathlib import Path

from labgen.system.process import run


def below(directory: Path, mountinfo: Path = Path("/proc/self/mountinfo")) -> list[Path]:
    """Return the mount points at or below directory, deepest first."""
    points = [_plain(line.split()[4]) for line in mountinfo.read_text().splitlines()]
    found = [Path(point) for point in points if Path(point).is_relative_to(directory)]
    return sorted(found, key=lambda path: len(path.parts), reverse=True)


def unmount_below(directory: Path) -> None:
    """Detach every mount at or below directory."""
    for path in below(directory):
        run(["umount", "--lazy", path], timeout=30, check=False)


def _plain(point: str) -> str:
    """Undo the octal escapes of mountinfo, proc_pid_mountinfo(5)."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), point)
