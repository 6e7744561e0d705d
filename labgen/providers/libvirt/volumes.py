"""The storage pool that labs share: disks of machines, the box's disk that they are based on, and
its kernels.

The files of a box are kept as long as any machine's disk is based on it.
"""

import re
from collections.abc import Sequence
from typing import Any

import libvirt

from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.providers.libvirt import uploads
from labgen.providers.libvirt.connection import domain_of, found
from labgen.providers.libvirt.vagrant_index import SLASH, box_disk
from labgen.render.vagrantfile import POOL, PREFIX, Box, box_names, domain_name, pool_xml

BOX_IMAGE = "_vagrant_box_image_"  # in the names that vagrant-libvirt gives to boxes' disks


def ensure_pool(connection: Any) -> Any:
    """Return the pool, defined, built and started."""
    return started(find_pool(connection) or _define(connection))


def ensure_boot_files(connection: Any, box: Box) -> list[str]:
    """Upload the box's kernel and initrd where they are missing; return their paths on the
    hypervisor."""
    pool = ensure_pool(connection)
    named = zip(box_names(box), (box.kernel, box.initrd), strict=True)
    return [uploads.ensure(connection, pool, name, path).path() for name, path in named]


def ensure_box_disk(connection: Any, box: Box) -> None:
    """Upload the box's disk from Vagrant's copy to where Vagrant expects it (vagrant-libvirt's
    handle_box_image.rb). If two Vagrants uploaded it at the same time, one would use the other's
    incomplete file, and its machines could not boot."""
    name = f"{box.name.replace('/', SLASH)}{BOX_IMAGE}{box.version}_box.img"
    uploads.ensure(connection, ensure_pool(connection), name, box_disk(box), form="qcow2")


def remove_stale(connection: Any, lab: Lab, machines: Sequence[Machine]) -> None:
    """Delete the disks of machines that do not exist, because Vagrant does not create a machine
    whose disk exists.

    Raises LabgenError if a domain that is not the lab's has the name of one.
    """
    taken = [domain_name(lab, it.name) for it in machines if _is_anothers(connection, lab, it)]
    if taken:
        raise LabgenError(
            f"this libvirt has domains of these names, which are not of lab {lab.name}: "
            f"{', '.join(taken)}",
            hint="bring the lab up under another name: --name OTHER",
        )
    pool = ensure_pool(connection)
    pool.refresh()
    for name in _disks(pool, lab, machines):
        pool.storageVolLookupByName(name).delete()


def remove(connection: Any, lab: Lab) -> None:
    """Delete the lab's disks. If they were the last ones, also delete the box's files and the pool.

    The lab's network is removed by now. A lab with a network may be about to use the pool.
    """
    pool = find_pool(connection)
    if pool is None:
        return
    started(pool).refresh()
    own = [it for it in lab.machines if not _is_anothers(connection, lab, it)]
    for name in _disks(pool, lab, own):
        pool.storageVolLookupByName(name).delete()
    if _networks(connection):
        return
    volumes = [pool.storageVolLookupByName(name) for name in pool.listVolumes()]
    if not any(is_based_on(volume) for volume in volumes):
        remove_pool(connection)


def remove_pool(connection: Any) -> None:
    """Delete the pool with everything in it, if it exists."""
    pool = find_pool(connection)
    if pool is None:
        return
    started(pool).refresh()
    for name in pool.listVolumes():
        pool.storageVolLookupByName(name).delete()
    pool.destroy()
    pool.delete()
    pool.undefine()


def find_pool(connection: Any) -> Any | None:
    """Return the pool; None if it is not defined."""
    return found(lambda: connection.storagePoolLookupByName(POOL))


def started(pool: Any) -> Any:
    """Return the pool after starting it, with its directory."""
    if not pool.isActive():
        try:
            pool.build()
            pool.create()
        except libvirt.libvirtError:
            if not pool.isActive():  # as it is when another lab was faster
                raise
    return pool


def _define(connection: Any) -> Any:
    try:
        return connection.storagePoolDefineXML(pool_xml())
    except libvirt.libvirtError:
        pool = find_pool(connection)
        if pool is None:  # no other lab was faster
            raise
        return pool


def _networks(connection: Any) -> list[str]:
    """Return the networks of all labs. A lab with a network has machines or is creating them."""
    names = (network.name() for network in connection.listAllNetworks())
    return [name for name in names if name.startswith(PREFIX)]


def _is_anothers(connection: Any, lab: Lab, machine: Machine) -> bool:
    """Return whether another lab has the domain of the machine's name, and so the disk of that
    name."""
    named = found(lambda: connection.lookupByName(domain_name(lab, machine.name)))
    return named is not None and domain_of(connection, lab, machine) is None


def _disks(pool: Any, lab: Lab, machines: Sequence[Machine]) -> list[str]:
    wanted = {f"{domain_name(lab, machine.name)}.img" for machine in machines}
    return sorted(wanted & set(pool.listVolumes()))


def is_based_on(volume: Any) -> bool:
    """Return whether the volume is a machine's disk, which is based on another volume."""
    return bool(re.search(r"<backingStore>\s*<path>", volume.XMLDesc()))
