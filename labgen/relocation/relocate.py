"""Relocate the disks of a lab's machines, which are off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path


@dataclass(frozen=True)
class Disks:
    """Directories with the files of one machine, on this host."""

    root: Path  # has etc/, root/ ...: what the machine changed in its root file system
    kubelet: Path  # what is /var/lib/kubelet on the machine
    etcd: Path | None = None  # what is /var/lib/etcd on a control plane


@dataclass(frozen=True)
class Relocation:
    """What changes. The subnets have the same prefix length."""

    old: IPv4Network
    new: IPv4Network
    password: str  # of VRRP in the new lab; the old one is read from the disks
    same_certificates: bool  # keep the certificate authorities and the service-account key
    control_planes: Sequence[str]  # names of machines, in the lab's order
    etcd: Path  # program on this host
    etcdctl: Path  # program on this host
    work: Path  # directory for scratch; what is in it is gone afterwards


def relocate(disks: Mapping[str, Disks], change: Relocation) -> None:
    """Rewrite the disks, by machine's name, in place.

    A relocation that was ended early leaves disks that are neither the old nor the new lab's, so
    the caller unpacks them again. Raises LabgenError.
    """
    raise NotImplementedError


def admin_kubeconfig(first: Disks) -> str:
    """Return the administrator's kubeconfig, admin.conf of the first control plane."""
    return (first.root / "etc/kubernetes/admin.conf").read_text()
