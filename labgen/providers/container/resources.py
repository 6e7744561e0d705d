"""The resources of labs of system containers on this host, by labels."""

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from labgen.errors import LabgenError
from labgen.lab.lab import Lab
from labgen.lab.ownership import (
    KEY,
    KnownLabs,
    Owner,
    known_labs,
    lab_exists,
    labelled,
    note_of,
    owner,
)
from labgen.providers.container import checkpoint_catalog, checkpoint_store, firewall
from labgen.providers.container.containers import owner_of
from labgen.providers.resource import Resource, select
from labgen.system import mounts, netns, paths, podman
from labgen.system.process import CommandFailed, run

TIMEOUT = 30.0
NAMESPACE = re.compile(r"labgen-([0-9a-f]{8})-.+")
BRIDGE = re.compile(r"lab([0-9a-f]{8})")
DISKS = re.compile(r".+-([0-9a-f]{8})")


@dataclass(frozen=True)
class Network:
    """The resources of labs in one network namespace of the host."""

    entering: Sequence[str]  # the words before a command that run it there
    bridges: Mapping[str, Owner | None]  # lab id -> the lab that the bridge's label names
    rules: Mapping[str, Sequence[str]]  # lab id -> its firewall rules


def list_resources(lab: Lab | None = None) -> list[Resource]:
    """Return all resources of system containers on this host, in an order in which they can be
    removed; with lab, only those of that lab."""
    containers = podman.containers(KEY) if shutil.which("podman") else []
    networks = list(_networks(lab))
    owners = {it.name: owner_of(it) for it in containers}
    labels = [*owners.values()]
    labels += [it for network in networks for it in network.bridges.values()]
    labs = known_labs(
        [*labels, *map(_noted_owner, [*_disks(), *_checkpoints()]), owner(lab) if lab else None]
    )
    found = [
        *_containers(owners),
        *_namespaces(labs),
        *(it for network in networks for it in _network(network, labs)),
        *(_unreachable(labs) if lab is None else ()),
        *_stored(labs),
    ]
    return select(found, lab)


def _containers(owners: Mapping[str, Owner | None]) -> Iterator[Resource]:
    for name, lab in owners.items():
        yield Resource("container", name, lab, partial(podman.remove, [name]))


def _namespaces(labs: KnownLabs) -> Iterator[Resource]:
    """Yield network namespaces. The id in the name identifies the lab; if no other resource names
    that lab, the label inside does."""
    for path in sorted(netns.NAMED.glob("labgen-*")):
        named = NAMESPACE.fullmatch(path.name)
        if named:
            lab = labs.owner(named[1]) or _label_inside(path.name, named[1])
            delete = partial(run, ["ip", "netns", "delete", path.name], timeout=TIMEOUT)
            yield Resource("network namespace", path.name, lab, delete)


def _label_inside(namespace: str, lab_id: str) -> Owner | None:
    argv = ["ip", "-n", namespace, "-j", "link", "show", "lo"]
    told = run(argv, timeout=TIMEOUT, check=False).stdout
    found = labelled(told)
    return found if found and found.id == lab_id else None


def _networks(lab: Lab | None) -> Iterator[Network]:
    """Yield the network of the lab, where it was created; without a lab, those here and where notes
    name them."""
    if shutil.which("ip") is None or shutil.which("iptables") is None:
        return
    wanted = [lab.network_namespace] if lab else [netns.inode(), *_noted()]
    for inode in dict.fromkeys(wanted):
        entering = netns.entering(inode)
        found = _network_in(entering, tolerant=lab is None) if entering is not None else None
        if found:
            yield found


def _network_in(entering: Sequence[str], *, tolerant: bool) -> Network | None:
    """Return what is in that network namespace; None where it cannot be entered, and for one that
    disappears meanwhile, as those of other labs may."""
    if not _can_enter(entering):
        return None
    try:
        return Network(entering, _bridges(entering), _rules(entering, tolerant=tolerant))
    except LabgenError:
        if _can_enter(entering):
            raise
        return None


def _noted() -> list[int]:
    notes = known_labs().notes.values()
    return [it.network_namespace for it in notes if it.provider == "container"]


def _can_enter(entering: Sequence[str]) -> bool:
    return not entering or run([*entering, "true"], timeout=TIMEOUT, check=False).ok


def _bridges(entering: Sequence[str]) -> dict[str, Owner | None]:
    argv = [*entering, "ip", "-j", "link", "show", "type", "bridge"]
    links = json.loads(run(argv, timeout=TIMEOUT).stdout or "[]")
    return {
        named[1]: labelled(link.get("ifalias", ""))
        for link in links
        if (named := BRIDGE.fullmatch(link.get("ifname", "")))
    }


def _rules(entering: Sequence[str], *, tolerant: bool) -> Mapping[str, Sequence[str]]:
    """Return the firewall rules by lab; only root may list them. tolerant: return none on
    failure."""
    with suppress(*([CommandFailed] if tolerant else [])):
        return firewall.by_lab(entering)
    return {}


def _network(network: Network, labs: KnownLabs) -> Iterator[Resource]:
    for lab_id, rules in network.rules.items():
        remove = partial(firewall.remove, lab_id, network.entering)
        name = f"labgen-{lab_id} ({len(rules)})"
        yield Resource("firewall rules", name, labs.owner(lab_id), remove)
    for lab_id in network.bridges:
        note = labs.notes.get(lab_id)
        if note is None or note.provider == "container":  # else it is a libvirt network's
            argv = [*network.entering, "ip", "link", "delete", f"lab{lab_id}"]
            delete = partial(run, argv, timeout=TIMEOUT)
            yield Resource("bridge", f"lab{lab_id}", labs.owner(lab_id), delete)


def _unreachable(labs: KnownLabs) -> Iterator[Resource]:
    """Yield networks of removed labs in namespaces that cannot be entered. They can only be
    listed."""
    for note in labs.notes.values():
        entering = netns.entering(note.network_namespace)
        if (
            note.provider == "container"
            and entering
            and not lab_exists(note.owner)
            and not _can_enter(entering)
        ):
            name = f"of {note.owner.directory}, in a namespace that cannot be entered"
            yield Resource("network", name, None, _nothing)


def _stored(labs: KnownLabs) -> Iterator[Resource]:
    """Yield disks and checkpoints below this user's cache, and mounts in them."""
    for path in _disks():
        named = DISKS.fullmatch(path.name)
        if named:
            lab = labs.owner(named[1])
            for mount in mounts.below(path):
                yield Resource("mount", str(mount), lab, partial(mounts.unmount_below, mount))
            yield Resource("disks", str(path), lab, partial(_remove_disks, path))
    for path in _checkpoints():
        named = DISKS.fullmatch(path.name)
        if named:
            yield Resource(
                "checkpoints",
                str(path),
                labs.owner(named[1]),
                partial(_remove_checkpoints, path),
                kept=checkpoint_catalog.is_marked(path),
                size=checkpoint_catalog.size(path),
            )


def _disks() -> list[Path]:
    return sorted((paths.cache() / "disks").glob("*"))


def _checkpoints() -> list[Path]:
    return sorted(checkpoint_store.everywhere().glob("*"))


def _noted_owner(path: Path) -> Owner | None:
    note = note_of(path)
    return note.owner if note else None


def _remove_disks(path: Path) -> None:
    mounts.unmount_below(path)
    shutil.rmtree(path)


def _remove_checkpoints(path: Path) -> None:
    """Remove all checkpoints of a lab, unless `down --keep-checkpoints` ended after they were
    listed."""
    if checkpoint_catalog.is_marked(path):
        raise LabgenError("they were kept a moment ago")
    shutil.rmtree(path)


def _nothing() -> None:
    """Do nothing, because its owner cannot be determined."""
