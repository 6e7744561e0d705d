"""Programs that providers need on this host, and what to say of those that are missing."""

import shutil
from collections.abc import Mapping

from labgen.machine.finding import Finding

# program -> how to get it
SSH = {
    "ssh": "apt-get install openssh-client",
    "ssh-keygen": "apt-get install openssh-client",
}


def missing(programs: Mapping[str, str]) -> list[Finding]:
    """A finding for each of programs that is not on PATH, with its remedy."""
    return [
        Finding(f"{program} is not installed", remedy)
        for program, remedy in programs.items()
        if shutil.which(program) is None
    ]
