"""What labs of virtual machines that are gone left in a libvirt: domains, disks, networks, and the
pool with boxes' files when nobody uses them any more.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from labgen.lab.ownership import lives
from labgen.providers.libvirt.connection import connected, found, remove_domain
from labgen.providers.libvirt.host import PROBE
from labgen.providers.libvirt.network import bridge_of, remove_network
from labgen.providers.libvirt.volumes import BOX_IMAGE, find_pool, remove_pool, stands_on, started
from labgen.providers.orphans import Known, Orphan, known, of_dead, unknown, unowned
from labgen.render.vagrantfile import POOL, PREFIX, marked

DISK = re.compile(rf"{PREFIX}.+\.img")
BOOT_FILE = re.compile(r"-\d+(\.\d+)+-(vmlinuz|initrd\.img)$")  # see vagrantfile.box_names
PROBED = 300.0  # seconds after which nobody waits for a probe any more


@dataclass(frozen=True)
class Holdings:
    """All of labgen's that one libvirt has; whose, by name: None where that cannot be told."""

    connection: Any

    @cached_property
    def domains(self) -> Mapping[str, Any]:
        return {it.name(): it for it in self.connection.listAllDomains() if _ours(it)}

    @cached_property
    def networks(self) -> Mapping[str, Any]:
        return {it.name(): it for it in self.connection.listAllNetworks() if _ours(it)}

    @cached_property
    def disks(self) -> list[str]:
        """Of machines, in the pool."""
        pool = self.pool
        names = pool.listVolumes() if pool else []
        images = [name for name in names if DISK.fullmatch(name) and BOX_IMAGE not in name]
        return sorted(name for name in images if not BOOT_FILE.search(name))

    @cached_property
    def pool(self) -> Any | None:
        pool = find_pool(self.connection)
        if pool is not None:
            started(pool).refresh()
        return pool

    @cached_property
    def labs(self) -> Known:
        """What is told of labs, also by what stands here."""
        things = [*self.domains.values(), *self.networks.values()]
        return known([lab for lab in map(_marked, things) if lab is not None])

    def lab_of_network(self, name: str) -> Path | None:
        network = self.networks[name]
        told = _marked(network)
        return told or self.labs.directory(bridge_of(network).removeprefix("lab"))

    def lab_of_domain(self, name: str) -> Path | None:
        """By its own mark, or that of the network that bears its lab's name."""
        told = _marked(self.domains[name]) if name in self.domains else None
        if told:
            return told
        nets = [it for it in self.networks if name.startswith(f"{it}-")]
        return self.lab_of_network(max(nets, key=len)) if nets else None


def orphans(uri: str, versions: set[str]) -> list[Orphan]:
    """What the libvirt at uri has of labs that are gone; versions are those of boxes that
    the next lab would use.

    Raises LabgenError when it does not answer.
    """
    with connected(uri) as connection:
        held = Holdings(connection)
        left = [*_domains(held, uri), *_disks(held, uri), *_networks(held, uri)]
        dead = {stray.what for stray in left if stray.remove}
        return [*left, *_boxes(held, uri, dead, versions)]


def _domains(held: Holdings, uri: str) -> Iterator[Orphan]:
    for name in sorted(held.domains):
        if name.startswith(f"{PROBE}-"):
            yield from _probe(name, uri)
            continue
        yield from _one(
            held.lab_of_domain(name), f"libvirt domain {name}", _in(uri, _undefine, name)
        )


def _probe(name: str, uri: str) -> Iterator[Orphan]:
    """A machine that was to show whether KVM boots; the end of its name is when it was made."""
    made = name.removeprefix(f"{PROBE}-")
    if made.isdigit() and time.time() - int(made) / 1e9 > PROBED:
        yield unowned(f"libvirt domain {name}", _in(uri, _undefine, name))


def _disks(held: Holdings, uri: str) -> Iterator[Orphan]:
    """A disk without a domain and without its lab's network is nobody's: the next `up` would make
    it anew."""
    for name in held.disks:
        machine = name.removesuffix(".img")
        what, remove = f"libvirt volume {name}", _in(uri, _delete, name)
        lab = held.lab_of_domain(machine)
        alone = machine not in held.domains and not any(
            machine.startswith(f"{network}-") for network in held.networks
        )
        if lab is None and alone:
            yield unowned(what, remove)
        else:
            yield from _one(lab, what, remove)


def _networks(held: Holdings, uri: str) -> Iterator[Orphan]:
    for name in sorted(held.networks):
        remove = _in(uri, _forget_network, name)
        yield from _one(held.lab_of_network(name), f"libvirt network {name}", remove)


def _boxes(held: Holdings, uri: str, dead: set[str], versions: set[str]) -> Iterator[Orphan]:
    """The pool, when nobody is left who has a disk in it or is about to; else the files of boxes
    that nobody stands on and that no bundle has any more."""
    pool = held.pool
    if pool is None:
        return
    users = [f"libvirt network {name}" for name in held.networks]
    users += [f"libvirt domain {name}" for name in held.domains]
    users += [f"libvirt volume {name}" for name in held.disks]
    if dead.issuperset(users):
        yield unowned(f"libvirt storage pool {POOL} with boxes' files", _in(uri, _remove_pool))
        return
    disks = [pool.storageVolLookupByName(name) for name in held.disks]
    described = " ".join(it.XMLDesc() for it in [*held.domains.values(), *disks])
    for name in sorted(set(pool.listVolumes()) - set(held.disks)):
        if any(version in name for version in versions):
            continue
        volume = pool.storageVolLookupByName(name)
        if volume.path() not in described and not stands_on(volume):
            yield unowned(f"libvirt volume {name} of an older box", _in(uri, _delete, name))


def _one(lab: Path | None, what: str, remove: Callable[[], object]) -> Iterator[Orphan]:
    if lab is None:
        yield unknown(what)
    elif not lives(lab):
        yield of_dead(what, lab, remove)


def _in(uri: str, do: Callable[..., None], *names: str) -> Callable[[], None]:
    def done() -> None:
        with connected(uri) as connection:
            do(connection, *names)

    return done


def _undefine(connection: Any, name: str) -> None:
    remove_domain(found(partial(connection.lookupByName, name)))


def _delete(connection: Any, name: str) -> None:
    pool = find_pool(connection)
    volume = found(partial(pool.storageVolLookupByName, name)) if pool else None
    if volume is not None:
        volume.delete()


def _forget_network(connection: Any, name: str) -> None:
    remove_network(found(partial(connection.networkLookupByName, name)))


def _remove_pool(connection: Any) -> None:
    """Unless somebody came meanwhile: who has a network may be about to use the pool."""
    if not any(_ours(it) for it in connection.listAllNetworks()):
        remove_pool(connection)


def _ours(thing: Any) -> bool:
    return bool(thing.name().startswith(PREFIX))


def _marked(thing: Any) -> Path | None:
    return marked(thing.XMLDesc())
