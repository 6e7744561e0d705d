"""The directories of labs (state), bundles (cache) and exercises (config) on this host.

XDG base directories, https://specifications.freedesktop.org/basedir-spec/; LABGEN_HOME
overrides all.
"""

import os
import re
from pathlib import Path

from labgen.errors import LabgenError, UsageError

# What a program that gets one of these paths takes for something else, however it is quoted.
REFUSED = {
    ":": "a colon",  # podman's --volume, kubectl's KUBECONFIG
    '"': "a double quote",  # ssh_config
    "\\": "a backslash",  # ssh_config
    "$": "a dollar sign",  # ssh_config
    "#": "a number sign",  # Vagrantfile
}
BUILDABLE = re.compile(r"[\w.,+@=/-]+", re.ASCII)  # Kbuild and others split at blanks


def _base(variable: str, fallback: str) -> Path:
    both = os.environ.get("LABGEN_HOME")
    if both:
        return Path(both).resolve() / variable.removeprefix("XDG_").removesuffix("_HOME").lower()
    named = os.environ.get(variable)
    root = Path(named) if named and Path(named).is_absolute() else home() / fallback
    return root / "labgen"


def home() -> Path:
    """Return the user's home directory. Raises LabgenError if the system knows none."""
    try:
        return Path.home()
    except RuntimeError:
        raise LabgenError(
            f"user {os.getuid()} has no home directory: HOME is not set, and the system knows none",
            hint="set HOME, or LABGEN_HOME and KUBECONFIG",
        ) from None


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


def config() -> Path:
    """Return the directory of what a user has configured: $XDG_CONFIG_HOME/labgen."""
    return _base("XDG_CONFIG_HOME", ".config")


def ensure_usable() -> None:
    """Raise UsageError if a program that labgen runs cannot work in the state or in the cache."""
    for what, variable, directory in (
        ("state", "XDG_STATE_HOME", state()),
        ("cache", "XDG_CACHE_HOME", cache()),
    ):
        text = str(directory)
        found = [name for sign, name in REFUSED.items() if sign in text]
        if not text.isprintable():
            found.append("a character that cannot be printed")
        if found:
            raise UsageError(
                f"labgen cannot have its {what} at {text!r}: the path has {' and '.join(found)}",
                hint=f"set {variable} or LABGEN_HOME to another directory",
            )


def ensure_buildable() -> None:
    """Raise UsageError if bundles cannot be built in the cache: programs that are compiled for them
    accept fewer characters."""
    text = str(cache())
    if not BUILDABLE.fullmatch(text):
        raise UsageError(
            f"bundles cannot be built at {text!r}: the path may have ASCII letters, digits and "
            "/ . , _ + @ = - only",
            hint="set XDG_CACHE_HOME or LABGEN_HOME to another directory",
        )
