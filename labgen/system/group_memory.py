"""How much memory a control group needs, of cgroup v1 or v2. Files that the kernel could drop do
not count."""

import re
from pathlib import Path

MIB = 1 << 20
ROOT = Path("/")
OWN_SCOPE = "/init.scope"  # the group of systemd itself, below that of the container
# controller, file, beginning of names in memory.stat that include groups below
V1 = ("memory", "memory.usage_in_bytes", "total_")
V2 = ("", "memory.current", "")


def used(init: int, root: Path = ROOT) -> int | None:
    """Return the MiB of the control group of a container whose process 1, a systemd, has that
    number on this host; None if the kernel does not account for memory, or if it has ended.

    Files that several containers read count for none of them.
    """
    try:
        lines = (root / f"proc/{init}/cgroup").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        _, controllers, path = line.split(":", 2)
        group = path.removesuffix(OWN_SCOPE).lstrip("/")
        for controller, usage, prefix in (V1, V2):
            directory = root / "sys/fs/cgroup" / controller / group
            if controllers == controller and (directory / usage).exists():
                return _needed(directory, usage, prefix)
    return None


def _needed(directory: Path, usage: str, prefix: str) -> int | None:
    try:
        total = int((directory / usage).read_text())
        stat = (directory / "memory.stat").read_text()
    except OSError:
        return None
    cached = re.findall(rf"^{prefix}(?:active|inactive)_file (\d+)", stat, re.MULTILINE)
    return max(0, total - sum(map(int, cached))) // MIB
