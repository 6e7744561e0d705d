"""The resources of labs of virtual machines in a libvirt.

Domains and networks carry their lab's directory as a label (ownership.label). A volume cannot; its
name tells which domain it belongs to.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from labgen.lab.lab import Lab
from labgen.lab.ownership import KnownLabs, Owner, known_labs, labelled, owner
from labgen.providers.libvirt import vagrant_resources
from labgen.providers.libvirt.connection import connected, found, remove_domain
from labgen.providers.libvirt.host import PROBE
from labgen.providers.libvirt.network import bridge_of, is_anothers, remove_network
from labgen.providers.libvirt.volumes import BOX_IMAGE, find_pool, is_based_on, remove_pool, started
from labgen.providers.resource import Resource, select
from labgen.render.vagrantfile import POOL, PREFIX, domain_name, network_name

DISK = re.compile(rf"{PREFIX}.+\.img")
BOOT_FILE = re.compile(r"-\d+(\.\d+)+-(vmlinuz|initrd\.img)$")  # see vagrantfile.box_names
PROBED = 300.0  # seconds after which no labgen waits for a probe any more


def list_resources(uri: str) -> list[Resource]:
    """Return all resources of labs in the libvirt at uri, and the shared ones that are not used.

    Raises LabgenError when libvirt does not answer.
    """
    with connected(uri) as connection:
        held = Holdings(connection, uri)
        owned = held.owned()
        probes = list(_probes(held))
        return [*owned, *probes, *_boxes(held, [*owned, *probes])]


def of_lab(uri: str, lab: Lab, network: str) -> list[Resource]:
    """Return the lab's resources there; network is the UUID of its network.

    A resource with the lab's names and no label belongs to the lab, unless another lab has its
    network.
    """
    with connected(uri) as connection:
        if is_anothers(connection, lab, network):
            return []
        return select(Holdings(connection, uri, lab).owned(), lab)


@dataclass(frozen=True)
class Holdings:
    """All of labgen's resources in one libvirt, by name.

    With lab, resources with that lab's names and no label belong to that lab.
    """

    connection: Any
    uri: str
    lab: Lab | None = None

    @cached_property
    def domains(self) -> Mapping[str, Any]:
        return {it.name(): it for it in self.connection.listAllDomains() if _ours(it)}

    @cached_property
    def networks(self) -> Mapping[str, Any]:
        return {it.name(): it for it in self.connection.listAllNetworks() if _ours(it)}

    @cached_property
    def disks(self) -> list[str]:
        """Return the machines' disks in the pool."""
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
    def labs(self) -> KnownLabs:
        """Return the labs that are known on this host or by labels in this libvirt."""
        return known_labs(map(_marked, [*self.domains.values(), *self.networks.values()]))

    def owned(self) -> list[Resource]:
        """Return everything that has an owner, including an owner that cannot be determined."""
        domains = [name for name in sorted(self.domains) if not name.startswith(f"{PROBE}-")]
        return [
            *(self._resource("domain", it, self.lab_of_domain(it), _undefine) for it in domains),
            *(self._disk(it) for it in self.disks),
            *(
                self._resource("network", it, self.lab_of_network(it), _remove_network)
                for it in sorted(self.networks)
            ),
        ]

    def lab_of_network(self, name: str) -> Owner | None:
        network = self.networks[name]
        by_bridge = self.labs.owner(bridge_of(network).removeprefix("lab"))
        return _marked(network) or by_bridge or self._by_name(name)

    def lab_of_domain(self, name: str) -> Owner | None:
        """Return the lab of the domain, by its label or by that of the network with the lab's
        name."""
        label = _marked(self.domains[name]) if name in self.domains else None
        if label:
            return label
        by_network = [self.lab_of_network(it) for it in self._networks_of(name)]
        return (by_network[0] if len(by_network) == 1 else None) or self._by_name(name)

    def _networks_of(self, domain: str) -> list[str]:
        """Return the networks of the labs that may have a domain of that name: only names of older
        versions, with a dash in place of the dot, leave room for more than one."""
        exact = [it for it in self.networks if domain.startswith(f"{it}.")]
        return exact or [it for it in self.networks if domain.startswith(f"{it}-")]

    def _by_name(self, name: str) -> Owner | None:
        if self.lab is None:
            return None
        names = {domain_name(self.lab, machine.name) for machine in self.lab.machines}
        return owner(self.lab) if name in {*names, network_name(self.lab)} else None

    def _disk(self, name: str) -> Resource:
        """Return the disk as a resource. Without a domain and without its lab's network it is not
        used: the next `up` would create it again."""
        machine = name.removesuffix(".img")
        lab = self.lab_of_domain(machine)
        alone = machine not in self.domains and not self._networks_of(machine)
        return self._resource("volume", name, lab, _delete, unused=lab is None and alone)

    def _resource(
        self,
        kind: str,
        name: str,
        lab: Owner | None,
        remove: Callable[[Any, str], None],
        *,
        unused: bool = False,
    ) -> Resource:
        delete = self.later(remove, name)
        return Resource(f"libvirt {kind}", name, lab, delete, self.uri, unused=unused)

    def later(self, do: Callable[..., None], *names: str) -> Callable[[], None]:
        """Return do as a function that opens its own connection, because this one is closed by
        then."""

        def done() -> None:
            with connected(self.uri) as connection:
                do(connection, *names)

        return done


def _probes(held: Holdings) -> Iterator[Resource]:
    """Yield machines that were created to test whether KVM boots. Their names end with the time of
    their creation."""
    for name in sorted(held.domains):
        made = name.removeprefix(f"{PROBE}-")
        if name != made and made.isdigit() and time.time() - int(made) / 1e9 > PROBED:
            delete = held.later(_undefine, name)
            yield Resource("libvirt domain", name, None, delete, held.uri, unused=True)


def _boxes(held: Holdings, others: list[Resource]) -> Iterator[Resource]:
    """Yield the pool if no lab has a disk in it or is about to create one; otherwise the files of
    boxes that are the base of no machine and belong to no bundle."""
    pool = held.pool
    if pool is None:
        return
    used = len(others) < len(held.domains) + len(held.networks) + len(held.disks)  # by a probe
    if not used and all(resource.orphaned for resource in others):
        delete = held.later(_remove_pool)
        name = f"{POOL} with boxes' files"
        yield Resource("libvirt storage pool", name, None, delete, held.uri, unused=True)
        return
    versions = vagrant_resources.current_boxes()
    disks = [pool.storageVolLookupByName(name) for name in held.disks]
    described = " ".join(it.XMLDesc() for it in [*held.domains.values(), *disks])
    for name in sorted(set(pool.listVolumes()) - set(held.disks)):
        if any(version in name for version in versions):
            continue
        volume = pool.storageVolLookupByName(name)
        if volume.path() not in described and not is_based_on(volume):
            delete = held.later(_delete, name)
            yield Resource(
                "libvirt volume", f"{name} of an older box", None, delete, held.uri, unused=True
            )


def _undefine(connection: Any, name: str) -> None:
    remove_domain(found(partial(connection.lookupByName, name)))


def _delete(connection: Any, name: str) -> None:
    pool = find_pool(connection)
    volume = found(partial(pool.storageVolLookupByName, name)) if pool else None
    if volume is not None:
        volume.delete()


def _remove_network(connection: Any, name: str) -> None:
    remove_network(found(partial(connection.networkLookupByName, name)))


def _remove_pool(connection: Any) -> None:
    """Remove the pool, unless a lab with a network has appeared meanwhile, which may be about to
    use it."""
    if not any(_ours(it) for it in connection.listAllNetworks()):
        remove_pool(connection)


def _ours(thing: Any) -> bool:
    return bool(thing.name().startswith(PREFIX))


def _marked(thing: Any) -> Owner | None:
    """Return the lab in the label of a thing; None also for one that disappears meanwhile, as those
    of other labs may."""
    return labelled(found(thing.XMLDesc) or "")
