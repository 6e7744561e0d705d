"""The fault of a machine whose disk has no room left; machine-containers cannot have it."""

from collections.abc import Sequence

from labgen.errors import HostUnfit
from labgen.faults.fault import Expectation, Fault, Site
from labgen.faults.machine_driver import OnMachine
from labgen.lab.lab import Machine


class OnItsOwnDisk(OnMachine):
    """Raises HostUnfit for machines that share their host's disk, before anything is filled."""

    def inject(self, site: Site, machines: Sequence[Machine], duration: float | None) -> float:
        if any(_shares_disk(site, machine) for machine in machines):
            raise HostUnfit(
                "disk-full: machine-containers share the host's disk, and filling it would stop "
                "the host",
                hint="etcd-full has etcd act as with a full disk",
            )
        return super().inject(site, machines, duration)

    def heal(self, site: Site, machines: Sequence[Machine]) -> bool:
        return super().heal(site, [m for m in machines if not _shares_disk(site, m)])

    def is_active(self, site: Site, machine: Machine) -> bool:
        return not _shares_disk(site, machine) and super().is_active(site, machine)


def _shares_disk(site: Site, machine: Machine) -> bool:
    return site.provider.machine_profile(site.lab, machine).shared_kernel


DISK_FULL = Fault(
    name="disk-full",
    summary="/var is full; not on machine-containers: see etcd-full",
    target="holder",
    driver=OnItsOwnDisk("disk-full", survives_reboot=True),
    does=(
        "Reserves every free block of /var's file system, root's reserve too, for one file, which "
        "healing deletes. A boot does not heal it, and the machine's timer for `--for` does not "
        "outlive one. Refused on machine-containers: their /var is the host's disk. A small file "
        "system mounted over part of /var would be full without effect: who has files open there, "
        "as etcd and containerd do, goes on in the old ones."
    ),
    expected=(
        Expectation("etcd ends when it needs its next file: it reserves 64 MiB ahead for its log"),
        Expectation("the kubelet reports DiskPressure and evicts pods"),
        Expectation(
            "after healing, the kubelet starts again what ended",
            "within 5 min, by how often it had failed",
        ),
    ),
    why=(
        "Logs and images grow until somebody looks. What was acknowledged is on the disk already; "
        "what cannot be written any more is not acknowledged. A lab may break what it is made of, "
        "never the host it runs on."
    ),
)
