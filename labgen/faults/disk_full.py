"""The fault that machine-containers cannot have."""

from collections.abc import Sequence
from dataclasses import dataclass

from labgen.faults.fault import Expectation, Fault, Site
from labgen.lab.lab import Machine
from labgen.report.errors import HostUnfit


@dataclass(frozen=True)
class Impossible:
    """Refused, with the reason and what to do in its place."""

    reason: str
    instead: str
    from_host: bool = False

    def inject(self, site: Site, machines: Sequence[Machine], lasting: float | None) -> float:  # noqa: ARG002 - a Way's own signature
        raise HostUnfit(self.reason, hint=self.instead)

    def heal(self, site: Site, machines: Sequence[Machine]) -> bool:  # noqa: ARG002 - a Way's own signature
        return False

    def holds(self, site: Site, machine: Machine) -> bool:  # noqa: ARG002 - a Way's own signature
        return False


DISK_FULL = Fault(
    name="disk-full",
    summary="/var is full; not on machine-containers: see etcd-full",
    target="holder",
    way=Impossible(
        "disk-full: machine-containers share the host's disk, and filling it would stop the host",
        "etcd-full has etcd act as with a full disk",
    ),
    does=(
        "Nothing, on machine-containers: their /var is the host's disk, and what fills it fills "
        "that. A small file system mounted over part of /var would be full without effect: who "
        "has files open there, as etcd and containerd do, goes on in the old ones. etcd-full is "
        "the part of it that can be had."
    ),
    expected=(
        Expectation("on a machine with a disk of its own: etcd ends at its next file"),
        Expectation("there, the kubelet reports DiskPressure and evicts pods"),
    ),
    why="A lab may break what it is made of, never the host it runs on.",
)
