"""Mounts on this host below a directory."""

import re
from pathlib import Path

from labgen.system.process import run


def below(directory: Path, mountinfo: Path = Path("/proc/self/mountinfo")) -> list[Path]:
    """Return the mount points at or below directory, deepest first."""
    points = [_plain(line.split()[4]) for line in mountinfo.read_text().splitlines()]
    found = [Path(point) for point in points if Path(point).is_relative_to(directory)]
    return sorted(found, key=lambda path: len(path.parts), reverse=True)


def source(process: int, point: str, proc: Path = Path("/proc")) -> Path | None:
    """Return where the directory is now that a process has mounted at point, also if it was moved
    since; None if it was deleted or cannot be found from here."""
    try:
        inside = (proc / str(process) / "mountinfo").read_text().splitlines()
        here = (proc / "self/mountinfo").read_text().splitlines()
    except OSError:
        return None
    wanted = [fields for fields in map(str.split, inside) if _plain(fields[4]) == point]
    if not wanted or wanted[-1][3].endswith("//deleted"):
        return None
    device, root = wanted[-1][2], Path(_plain(wanted[-1][3]))
    for fields in map(str.split, here):
        top = Path(_plain(fields[3]))
        if fields[2] == device and root.is_relative_to(top):
            return Path(_plain(fields[4])) / root.relative_to(top)
    return None


def unmount_below(directory: Path) -> None:
    """Detach every mount at or below directory."""
    for path in below(directory):
        run(["umount", "--lazy", path], timeout=30, check=False)


def _plain(point: str) -> str:
    """Undo the octal escapes of mountinfo, proc_pid_mountinfo(5)."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), point)
