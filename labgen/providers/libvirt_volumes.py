"""The storage pool that labs share: disks of machines, the box's disk below them, and its kernels.

What belongs to a box stays as long as any machine stands on it.
"""

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from labgen.lab.lab import Lab, Machine
from labgen.providers.libvirt_connection import found
from labgen.providers.vagrant_index import box_disk
from labgen.render.vagrantfile import POOL, PREFIX, Box, box_names, network_name, pool_xml, prefix

VOLUME = (
    "<volume><name>{name}</name><capacity>{size}</capacity>"
    "<target><format type='raw'/></target></volume>"
)
BOX_IMAGE = "_vagrant_box_image_"  # in the names that vagrant-libvirt gives to boxes' disks
PIECE = 256 * 1024  # bytes; libvirt cuts larger ones (VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX)


def ensure_pool(connection: Any) -> Any:
    """The pool, defined, built and started."""
    pool = find_pool(connection)
    if pool is None:
        pool = connection.storagePoolDefineXML(pool_xml())
    return started(pool)


def ensure_boot_files(connection: Any, box: Box) -> list[str]:
    """Have the box's kernel and initrd in the pool; their paths there, for the hypervisor."""
    pool = ensure_pool(connection)
    paths = []
    for name, path in zip(box_names(box), (box.kernel, box.initrd), strict=True):
        volume = found(partial(pool.storageVolLookupByName, name))
        paths.append((volume or _upload(connection, pool, name, path)).path())
    return paths


def remove_stale(connection: Any, lab: Lab, machines: Sequence[Machine], box: Box) -> None:
    """Delete the disks of machines that are not there: Vagrant makes none where one lies. Delete
    the box's disk, too, if it is only a part: Vagrant was killed while it sent it."""
    pool = ensure_pool(connection)
    pool.refresh()
    for name in _disks(pool, lab, machines):
        pool.storageVolLookupByName(name).delete()
    if any(network != network_name(lab) for network in _networks(connection)):
        return  # another lab's Vagrant may be sending it just now
    whole = box_disk(box)
    for volume in map(pool.storageVolLookupByName, pool.listVolumes()):
        ours = BOX_IMAGE in volume.name() and box.version in volume.name()
        if ours and whole.exists() and _length(volume) < whole.stat().st_size:
            volume.delete()


def remove(connection: Any, lab: Lab) -> None:
    """Delete the lab's disks; with the last lab's, also the box's files, and the pool.

    The lab's network is gone by now; whoever has one may be about to use the pool.
    """
    pool = find_pool(connection)
    if pool is None:
        return
    started(pool).refresh()
    for name in _disks(pool, lab, lab.machines):
        pool.storageVolLookupByName(name).delete()
    if _networks(connection):
        return
    volumes = [pool.storageVolLookupByName(name) for name in pool.listVolumes()]
    if not any(stands_on(volume) for volume in volumes):
        remove_pool(connection)


def remove_pool(connection: Any) -> None:
    """Delete the pool with all that is in it, where it is."""
    pool = find_pool(connection)
    if pool is None:
        return
    started(pool).refresh()
    for name in pool.listVolumes():
        pool.storageVolLookupByName(name).delete()
    pool.destroy()
    pool.delete()
    pool.undefine()


def leftovers(connection: Any, lab: Lab) -> list[str]:
    """The lab's disks in the pool, in words."""
    pool = find_pool(connection)
    if pool is None:
        return []
    started(pool)
    return [f"libvirt volume {name}" for name in _disks(pool, lab, lab.machines)]


def find_pool(connection: Any) -> Any | None:
    """The pool, or None where it is not defined."""
    return found(lambda: connection.storagePoolLookupByName(POOL))


def started(pool: Any) -> Any:
    """The pool, its directory there and looked into."""
    if not pool.isActive():
        pool.build()
        pool.create()
    return pool


def _networks(connection: Any) -> list[str]:
    """Of all labs; whoever has one has machines or is about to make them."""
    names = (network.name() for network in connection.listAllNetworks())
    return [name for name in names if name.startswith(PREFIX)]


def _length(volume: Any) -> int:
    """How long the volume's file is, in bytes."""
    told = re.search(r"<physical unit='bytes'>(\d+)<", volume.XMLDesc())
    return int(told[1]) if told else 0


def _disks(pool: Any, lab: Lab, machines: Sequence[Machine]) -> list[str]:
    wanted = {f"{prefix(lab)}{machine.name}.img" for machine in machines}
    return sorted(wanted & set(pool.listVolumes()))


def stands_on(volume: Any) -> bool:
    """Whether the volume is a machine's disk: one that stands on another volume."""
    return bool(re.search(r"<backingStore>\s*<path>", volume.XMLDesc()))


def _upload(connection: Any, pool: Any, name: str, path: Path) -> Any:
    """The new volume of that name, with the file's content."""
    size = path.stat().st_size
    volume = pool.createXML(VOLUME.format(name=name, size=size))
    stream = connection.newStream()
    try:
        volume.upload(stream, 0, size)
        with path.open("rb") as file:
            stream.sendAll(lambda _stream, _count, _opaque: file.read(PIECE), None)
        stream.finish()
    except BaseException:
        volume.delete()
        raise
    return volume
