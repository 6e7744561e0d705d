"""What keeps a host, or an existing machine, from being used."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something that keeps this host from creating machines, or an existing machine from becoming
    part of a lab, and the remedy."""

    what: str
    remedy: str
    machine: str = ""
