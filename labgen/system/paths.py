"""The directories of labs (state) and bundles (cache) on this host.

XDG base directories, https://specifications.freedesktop.org/basedir-spec/; LABGEN_HOME
overrides both.
"""

import os
from pathlib import Path


def _base(variable: str, fallback: str) -> Path:
    home = os.environ.get("LABGEN_HOME")
    if home:
        return Path(home).resolve() / ("state" if "STATE" in variable else "cache")
    named = os.environ.get(variable)
    root = Path(named) if named and Path(named).is_absolute() else Path.home() / fallback
    return root / "labgen"


def state() -> Path:
    """Return the directory of the state of all labs: $XDG_STATE_HOME/labgen."""
    return _base("XDG_STATE_HOME", ".local/state")


def runtime() -> Path:
    """Return the directory of files that a boot may remove: sockets, and notes about their
    owners."""
    return Path("/run/labgen")


def cache() -> Path:
    """Return the directory of bundles: $XDG_CACHE_HOME/labgen."""
    return _base("XDG_CACHE_HOME", ".cache")
