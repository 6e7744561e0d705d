"""Transfer files of the bundle to a machine whose image does not contain them.

Each file is sent once. An interrupted transfer resumes where it ended, and a file gets its name
only after its digest was verified.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from labgen.bundle import store
from labgen.bundle.engine import lockfile
from labgen.bundle.parts import images
from labgen.lab.lab import Machine
from labgen.up.context import Context
from labgen.up.graph import Outcome

PLACE = "/opt/labgen/bundle"
PROGRAMS = ("bin/kubeadm", "bin/kubelet", "bin/kubectl")
ADDONS = ("bin/etcdctl", "cni/flannel")
LOOK_TIMEOUT = 300.0
SLOWEST = 100_000  # bytes a second; a slower link ends in an error
LOOK = (
    f"mkdir -p {PLACE} && cd {PLACE} && "
    "find . -type f ! -path './packages/*' -printf '%s %P\\n' -exec sha256sum {} \\;"
)
# $1 name, $2 bytes that have arrived correctly, $3 size, $4 sha256. A file that was cut off stays
# for the next time; a complete file with a wrong digest does not.
RECEIVE = f"""\
set -eu; cd {PLACE}; part=$1.part
mkdir -p "$(dirname "$1")"; touch "$part"; truncate -s "$2" "$part"; cat >>"$part"
[ "$(stat -c %s "$part")" = "$3" ] || {{ echo "$1 was cut off" >&2; exit 1; }}
echo "$4  $part" | sha256sum -c --quiet || {{ rm "$part"; exit 1; }}
mv "$part" "$1"
"""


@dataclass(frozen=True)
class Parcel:
    """A file of the bundle, its name below PLACE, and its digest from the bundle's lock file."""

    source: Path
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Found:
    """A file on a machine."""

    size: int
    sha256: str


def parcels(context: Context, suite: str) -> list[Parcel]:
    """Return the files that a machine with that Debian suite needs.

    Raises LabgenError if the bundle lacks its packages.
    """
    software = context.lab.scenario.software
    wanted = {name: name for name in ADDONS}
    wanted |= {images.ARCHIVE: "images/lab.tar"}
    if software.kubernetes == "bundle":
        wanted |= {name: name for name in PROGRAMS}
    if software.packages == "bundle":
        version = context.lab.scenario.kubernetes.version
        wanted[store.require_packages(version, suite)] = "packages.tar"
    return _parcels(context, wanted)


def runtime_parcels(context: Context) -> list[Parcel]:
    """Return the files that labgen's image lacks for the lab's container runtime; empty for
    containerd."""
    kubernetes = context.lab.scenario.kubernetes
    return _parcels(context, store.require_runtime(kubernetes.version, kubernetes.runtime))


def _parcels(context: Context, wanted: Mapping[str, str]) -> list[Parcel]:
    directory = context.bundle.directory
    known = {
        output: digest
        for part in lockfile.read(directory).parts.values()
        for output, digest in part.outputs.items()
    }
    return [
        Parcel(directory / output, name, known[output].sha256, known[output].size)
        for output, name in wanted.items()
    ]


def deliver(context: Context, machine: Machine, wanted: Sequence[Parcel]) -> Outcome:
    """Make the files below PLACE on the machine exactly the wanted ones, by sending those that
    differ.

    Raises CommandFailed or CommandTimedOut when a transfer does not finish; what has arrived is
    kept.
    """
    found = _look(context, machine)
    outcome = Outcome.OK
    for parcel in wanted:
        there = found.pop(parcel.name, None)
        begun = found.pop(f"{parcel.name}.part", None)
        if there is None or there.sha256 != parcel.sha256:
            _send(context, machine, parcel, _good(parcel, begun))
            outcome = Outcome.CHANGED
    if found:
        words = ["rm", "-f", *(f"{PLACE}/{name}" for name in found)]
        context.ssh.run(machine.name, words, timeout=LOOK_TIMEOUT)
    return outcome


def _look(context: Context, machine: Machine) -> dict[str, Found]:
    """Return the files below PLACE by name. The machine prints a line of size and name for each,
    then its digest."""
    limit = LOOK_TIMEOUT * context.lab.slowdown
    listed = context.ssh.run(machine.name, ["sh", "-c", LOOK], timeout=limit).stdout.splitlines()
    found = {}
    for first, second in zip(listed[::2], listed[1::2], strict=True):
        size, _, name = first.partition(" ")
        found[name] = Found(int(size), second.split()[0])
    return found


def _good(parcel: Parcel, begun: Found | None) -> int:
    """Return how many bytes of an interrupted transfer match the beginning of the parcel."""
    if begun is None or begun.size > parcel.size:
        return 0
    digest, left = hashlib.sha256(), begun.size
    with parcel.source.open("rb") as file:
        while left and (block := file.read(min(left, 1 << 20))):
            digest.update(block)
            left -= len(block)
    return begun.size if digest.hexdigest() == begun.sha256 else 0


def _send(context: Context, machine: Machine, parcel: Parcel, offset: int) -> None:
    words = ["sh", "-c", RECEIVE, "receive", parcel.name, str(offset)]
    words += [str(parcel.size), parcel.sha256]
    limit = (LOOK_TIMEOUT + (parcel.size - offset) / SLOWEST) * context.lab.slowdown
    with parcel.source.open("rb") as file:
        file.seek(offset)
        context.ssh.run(machine.name, words, timeout=limit, stdin_from=file)
