"""Names of labs, which become part of host names, files and contexts."""

import re

from labgen.errors import UsageError

LONGEST = 40  # leaves room in the 63 characters of a DNS label (RFC 1123) for a machine's name


def ensure_lab_name(name: str) -> str:
    """Return name if it is a DNS label of at most 40 characters; otherwise raise UsageError."""
    if len(name) > LONGEST or not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", name):
        raise UsageError(
            f"{name!r} cannot name a lab",
            hint=f"use at most {LONGEST} of a-z, 0-9 and -, with no - at either end",
        )
    return name
