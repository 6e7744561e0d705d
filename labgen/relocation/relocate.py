"""Relocate the disks of a lab's machines, which are off. Read this page first.

While the members of etcd start on their data, the cluster's certificates are issued again. Then
addresses and certificates are replaced in the files and in etcd, side by side.
"""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from cryptography import x509

from labgen.errors import LabgenError
from labgen.relocation import certificates, cluster_state, etcd_members, machine_files, pem
from labgen.relocation.addresses import Addresses
from labgen.relocation.certificates import Block
from labgen.relocation.etcd_members import Cluster, Member
from labgen.relocation.machine_files import Disks
from labgen.system import files
from labgen.system.parallel import gather

__all__ = ["Disks", "Relocation", "admin_kubeconfig", "relocate"]

ADMIN_CONF = "etc/kubernetes/admin.conf"
PEER_CERTIFICATE = "etc/kubernetes/pki/etcd/peer.crt"
VRRP_PASSWORD = re.compile(r"(?m)^(\s*auth_pass\s+)\S+$")  # in keepalived.conf
Rewrite = Callable[[str], str]


@dataclass(frozen=True)
class Relocation:
    """What changes. The subnets have the same prefix length."""

    old: IPv4Network
    new: IPv4Network
    password: str  # of VRRP in the new lab; the old one is read from the disks
    same_certificates: bool  # keep the certificate authorities and the service-account key
    control_planes: Sequence[str]  # names of machines, in the lab's order
    etcd: Path  # program on this host
    work: Path  # directory for scratch; what is in it is gone afterwards


def relocate(disks: Mapping[str, Disks], change: Relocation) -> None:
    """Rewrite the disks, by machine's name, in place.

    A relocation that was ended early leaves disks that are neither the old nor the new lab's, so
    the caller unpacks them again. Raises LabgenError.
    """
    addresses = Addresses(change.old, change.new)
    members = _members(disks, change, addresses)
    with _scratch(change.work) as work, etcd_members.running(members, change.etcd, work) as cluster:
        renewed = certificates.renew(_blocks(disks), addresses, same=change.same_certificates)
        rewrite = partial(relocated_text, addresses, renewed, change.password)
        gather(
            {
                "files": partial(_change_files, disks.values(), rewrite),
                "etcd": partial(_change_cluster, cluster, rewrite),
            }
        )


def admin_kubeconfig(first: Disks) -> str:
    """Return the administrator's kubeconfig, admin.conf of the first control plane."""
    text = machine_files.read(first.root, ADMIN_CONF)
    if text is None:
        raise LabgenError(f"{first.root / ADMIN_CONF} is missing")
    return text


def _change_files(machines: Iterable[Disks], rewrite: Rewrite) -> None:
    for machine in machines:
        machine_files.scrub(machine)
        machine_files.rewrite(machine, rewrite)


def _change_cluster(cluster: Cluster, rewrite: Rewrite) -> None:
    etcd_members.await_answers(cluster)
    first = cluster.endpoints[0]
    cluster_state.rewrite(first, rewrite)
    cluster_state.move_peers(first, rewrite)
    cluster_state.ensure_everywhere(cluster.endpoints)


def relocated_text(
    addresses: Addresses, renewed: Mapping[str, str], password: str, text: str
) -> str:
    """Return a text of the old lab as the new lab has it."""
    moved = pem.replace(addresses.rewrite(text), renewed)
    return VRRP_PASSWORD.sub(rf"\g<1>{password}", moved)


def _blocks(disks: Mapping[str, Disks]) -> Iterator[Block]:
    """Return all keys and certificates on the disks."""
    for name, machine in disks.items():
        for path, text in machine_files.credentials(machine):
            for number, block in enumerate(pem.blocks(text)):
                signed_once = path.name == machine_files.SERVING and number > 0
                yield Block(block, f"{path.name} of {name}", single_use=signed_once)


def _members(disks: Mapping[str, Disks], change: Relocation, addresses: Addresses) -> list[Member]:
    """Return the members of etcd. A control plane without data, as after a fault, is none."""
    found = []
    for name in change.control_planes:
        data = disks[name].etcd
        if data and (data / "member/wal").is_dir():
            old = _peer_address(name, disks[name], change.old)
            found.append(Member(name, data, old, addresses.move(old)))
    if not found:
        raise LabgenError("no control plane has data of etcd")
    return found


def _peer_address(name: str, machine: Disks, subnet: IPv4Network) -> IPv4Address:
    """Return the address at which the other members reach this one: its certificate has it."""
    text = machine_files.read(machine.root, PEER_CERTIFICATE) or ""
    for block in pem.blocks(text):
        certificate = x509.load_pem_x509_certificate(block.encode())
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        for address in names.get_values_for_type(x509.IPAddress):
            if isinstance(address, IPv4Address) and address in subnet:
                return address
    raise LabgenError(
        f"the address of {name} is not known",
        last_seen=f"/{PEER_CERTIFICATE} has none in {subnet}",
    )


@contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    """Yield a new directory that only its owner can read, and remove it in any case."""
    files.private_directory(parent)
    made = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield made
    finally:
        shutil.rmtree(made)
