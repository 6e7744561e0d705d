"""The fault of a machine whose disk is full; system containers cannot have it."""

from collections.abc import Sequence

from labgen.errors import HostUnfit
from labgen.faults.fault import Expectation, Fault, Site
from labgen.faults.machine_driver import MachineDriver
from labgen.lab.lab import Machine


class DedicatedDiskDriver(MachineDriver):
    """Raise HostUnfit for machines that share their host's disk, before anything is written."""

    def inject(self, site: Site, machines: Sequence[Machine], duration: float | None) -> float:
        if any(_shares_disk(site, machine) for machine in machines):
            raise HostUnfit(
                "disk-full: system containers share the host's disk, and filling it would stop "
                "the host",
                hint="etcd-full makes etcd behave as if its disk were full",
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
    summary="/var is full; not on system containers: see etcd-full",
    target="holder",
    driver=DedicatedDiskDriver("disk-full", survives_reboot=True),
    does=(
        "Allocates every free block of /var's file system, including root's reserve, to one file, "
        "which healing deletes. The fault survives a reboot; the machine's timer for `--for` does "
        "not. Refused on system containers, whose /var is on the host's disk. Mounting a small "
        "full file system over a part of /var would have no effect, because etcd and containerd "
        "keep writing to the files that they have open."
    ),
    expected=(
        Expectation("etcd exits when it needs its next WAL file: it preallocates 64 MiB"),
        Expectation("the kubelet reports DiskPressure and evicts pods"),
        Expectation(
            "after healing, the kubelet restarts what has ended",
            "within 5 min, depending on its back-off",
        ),
    ),
    why=(
        "Logs and images grow unnoticed. etcd acknowledges a write only when it is on the disk, so "
        "no acknowledged write is lost. A lab may break its own machines, but never its host."
    ),
)
