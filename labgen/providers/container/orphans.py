"""What labs of machine-containers that are gone left on this host."""

import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from labgen.lab.ownership import lives
from labgen.providers.container import firewall
from labgen.providers.orphans import Known, Orphan, known, of_dead, unknown
from labgen.system import mounts, netns, paths, podman
from labgen.system.podman import Container
from labgen.system.process import run

TIMEOUT = 30.0
LABEL = "labgen.directory"
NAMESPACE = re.compile(r"labgen-([0-9a-f]{8})-.+")
BRIDGE = re.compile(r"^\d+: lab([0-9a-f]{8}):", re.MULTILINE)
DISKS = re.compile(r".+-([0-9a-f]{8})")


def orphans() -> list[Orphan]:
    """Containers, network namespaces, bridges, firewall rules and disks of labs that are gone."""
    labelled = podman.containers(LABEL) if shutil.which("podman") else []
    labs = known([Path(container.labels[LABEL]) for container in labelled])
    return [
        *_containers(labelled),
        *_namespaces(labs),
        *_networks(labs),
        *_strange_bridges(labs),
        *_disks(labs),
    ]


def _containers(labelled: list[Container]) -> Iterator[Orphan]:
    for container in labelled:
        lab = Path(container.labels[LABEL])
        if not lives(lab):
            remove = partial(podman.remove, [container.name])
            yield of_dead(f"container {container.name}", lab, remove)


def _namespaces(labs: Known) -> Iterator[Orphan]:
    for path in sorted(netns.NAMED.glob("labgen-*")):
        named = NAMESPACE.fullmatch(path.name)
        if named:
            delete = partial(run, ["ip", "netns", "delete", path.name], timeout=TIMEOUT)
            yield from _one(labs, named[1], f"network namespace {path.name}", delete)


def _networks(labs: Known) -> Iterator[Orphan]:
    """Bridge and firewall rules, where the dead lab was made."""
    for lab_id, owner in labs.notes.items():
        entering = netns.entering(owner.network_namespace)
        if owner.provider != "container" or entering is None or lives(owner.directory):
            continue
        if entering and not run([*entering, "true"], timeout=TIMEOUT, check=False).ok:
            yield unknown(f"network of {owner.directory}, in a namespace that cannot be entered")
            continue
        link = f"lab{lab_id}"
        if run([*entering, "ip", "link", "show", link], timeout=TIMEOUT, check=False).ok:
            delete = partial(run, [*entering, "ip", "link", "delete", link], timeout=TIMEOUT)
            yield of_dead(f"bridge {link}", owner.directory, delete)
        if rules := firewall.rules(lab_id, entering):
            remove = partial(firewall.remove, lab_id, entering)
            yield of_dead(
                f"{len(rules)} firewall rules of labgen-{lab_id}", owner.directory, remove
            )


def _strange_bridges(labs: Known) -> Iterator[Orphan]:
    links = run(["ip", "-o", "link", "show", "type", "bridge"], timeout=TIMEOUT).stdout
    for lab_id in BRIDGE.findall(links):
        if labs.directory(lab_id) is None:
            yield unknown(f"bridge lab{lab_id}")


def _disks(labs: Known) -> Iterator[Orphan]:
    """Below the cache of this user, where no other's are."""
    for path in sorted((paths.cache() / "disks").glob("*")):
        named = DISKS.fullmatch(path.name)
        if named:
            yield from _one(labs, named[1], f"disks {path}", partial(_remove_disks, path))


def _remove_disks(path: Path) -> None:
    mounts.unmount_below(path)
    shutil.rmtree(path)


def _one(labs: Known, lab_id: str, what: str, remove: Callable[[], object]) -> Iterator[Orphan]:
    """The thing of that id, unless its lab lives."""
    lab = labs.directory(lab_id)
    if lab is None:
        yield unknown(what)
    elif not lives(lab):
        yield of_dead(what, lab, remove)
