"""The host's network namespaces: identify this one, and enter another."""

from pathlib import Path

NAMED = Path("/run/netns")
FIRST = Path("/proc/1/ns/net")


def inode() -> int:
    """Return the identity of this process's network namespace: its inode if it has a name, or 0 for
    the host's own, whose inode may change with a reboot."""
    own = Path("/proc/self/ns/net").stat().st_ino
    return own if named(own) else 0


def named(wanted: int) -> Path | None:
    """Return the named network namespace with that inode; None if there is none."""
    for path in sorted(NAMED.iterdir()) if NAMED.is_dir() else ():
        try:
            if path.stat().st_ino == wanted:
                return path
        except OSError:
            continue
    return None


def entering(wanted: int) -> list[str] | None:
    """Return the beginning of a command line that runs a command in the namespace with that inode.

    None if that namespace is neither this one nor a named one.
    """
    if wanted == inode():
        return []
    path = FIRST if wanted == 0 else named(wanted)
    return ["nsenter", f"--net={path}"] if path else None
