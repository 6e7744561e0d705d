"""What prevents the use of a host or of an existing machine."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A reason why this host cannot create machines, or why an existing machine cannot become part
    of a lab, and its remedy."""

    what: str
    remedy: str
    machine: str = ""
