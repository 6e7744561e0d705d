"""The host's network namespaces: which one this is, and how to speak to another."""

from pathlib import Path

NAMED = Path("/run/netns")


def inode() -> int:
    """The inode number of this process's network namespace, its identity until reboot."""
    return Path("/proc/self/ns/net").stat().st_ino


def named(wanted: int) -> Path | None:
    """The named network namespace with that inode, where there is one."""
    for path in sorted(NAMED.iterdir()) if NAMED.is_dir() else ():
        try:
            if path.stat().st_ino == wanted:
                return path
        except OSError:
            continue
    return None


def entering(wanted: int) -> list[str] | None:
    """The words before a command that make it run in the namespace with that inode.

    None when that namespace is neither this one nor a named one.
    """
    if wanted == inode():
        return []
    path = named(wanted)
    return ["nsenter", f"--net={path}"] if path else None
