"""What keeps a host, or a machine, from being used."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something that keeps this host from making machines, or a machine from being one of a lab,
    and the remedy."""

    what: str
    remedy: str
    machine: str = ""
