"""Treat a lab as a cluster that labgen did not build: only an inventory is known.

labgen does not see the lab's state, because it runs with another state directory.
"""

from collections.abc import Sequence
from pathlib import Path

from labgen.lab import keys
from labgen.lab.lab import Lab
from labgen.system import files
from labgen.system.process import Completed
from tests.e2e.support.program import shown

TIMEOUT = 120.0  # seconds


def inventory(lab: Lab, directory: Path) -> Path:
    """Write an inventory of the lab's machines, with host keys and a copy of its SSH key."""
    files.write(directory / "key", keys.client_key(lab).read_bytes(), mode=files.PRIVATE)
    known = (line.split() for line in keys.known_hosts(lab).read_text().splitlines())
    hosts = (f"  - {{address: {it[0]}, hostKey: {it[1]} {it[2]}}}\n" for it in known)
    path = directory / "inventory.yaml"
    files.write(path, "".join(["key: key\nhosts:\n", *hosts]))
    return path


def from_outside(argv: Sequence[str | Path], directory: Path) -> Completed:
    """Run argv with a state directory in which there is no lab."""
    home = f"XDG_STATE_HOME={directory / 'state'}"
    return shown([*argv], timeout=TIMEOUT, check=False, within=["env", home])
