"""Programs that providers need on this host, and the findings about missing ones."""

import shutil
from collections.abc import Mapping

from labgen.machine.finding import Finding

# program -> how to get it
SSH = {
    "ssh": "apt-get install openssh-client",
    "ssh-keygen": "apt-get install openssh-client",
}


def missing(programs: Mapping[str, str]) -> list[Finding]:
    """Return a finding with its remedy for each program that is not on PATH."""
    return [
        Finding(f"{program} is not installed", remedy)
        for program, remedy in programs.items()
        if shutil.which(program) is None
    ]
