"""What prevents a host from using existing machines."""

from labgen.machine.finding import Finding
from labgen.providers.programs import SSH, missing

PROGRAMS = {
    "ip": "apt-get install iproute2",
    **SSH,
    "ssh-keyscan": "apt-get install openssh-client",
}


def findings() -> list[Finding]:
    """Return everything that prevents this host from using existing machines."""
    return missing(PROGRAMS)
