"""Programs that providers need on this host, and what is said about missing ones."""

import shutil
from collections.abc import Mapping

from labgen.errors import HostUnfit
from labgen.machine.finding import Finding

# program -> how to get it
SSH = {
    "ssh": "apt-get install openssh-client",
    "ssh-keygen": "apt-get install openssh-client",
}
CLIENT = {"ssh": SSH["ssh"]}
COPY = {**CLIENT, "scp": SSH["ssh"]}


def missing(programs: Mapping[str, str]) -> list[Finding]:
    """Return a finding with its remedy for each program that is not on PATH."""
    return [
        Finding(f"{program} is not installed", remedy)
        for program, remedy in programs.items()
        if shutil.which(program) is None
    ]


def ensure_installed(programs: Mapping[str, str], deed: str) -> None:
    """Raise HostUnfit with each missing program and its remedy, before a deed that needs them has
    begun."""
    if wrong := missing(programs):
        lines = [f"this host cannot {deed}; nothing was changed:"]
        raise HostUnfit("\n".join([*lines, *(f"  {it.what}; {it.remedy}" for it in wrong)]))
