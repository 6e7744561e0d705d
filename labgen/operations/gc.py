"""`labgen gc`: what of labgen's is on this host and belongs to no lab, and its removal."""

import os
import shutil
import signal
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from labgen.bundle import store as bundles
from labgen.errors import LabgenError
from labgen.faults import heal_timer
from labgen.lab import store, user_kubeconfig
from labgen.lab.ownership import lives
from labgen.providers.container import orphans
from labgen.providers.libvirt import vagrant_orphans
from labgen.providers.libvirt.host import LOCAL
from labgen.providers.orphans import Known, Orphan, known, of_dead, unknown
from labgen.system import paths
from labgen.system.process import run

SSH_TIMEOUT = 10.0


@dataclass(frozen=True)
class Leftovers:
    """strays in an order in which they can be removed; unasked: who did not answer, in words."""

    orphans: tuple[Orphan, ...]
    unasked: tuple[str, ...]


def find(uris: Collection[str] = (), names: Collection[str] = ()) -> Leftovers:
    """All that is left on this host, in the libvirts that labs told of, and at uris; with names,
    only what labs that had one of these left."""
    versions = _box_versions()
    labs = known([])
    found, unasked = list(orphans.orphans()), []
    asked = dict.fromkeys([LOCAL, *(it.uri for it in labs.notes.values() if it.uri), *uris])
    for uri in asked if find_spec("libvirt") else ():
        try:
            found += _of_libvirt(uri, versions)
        except LabgenError as error:
            unasked.append(error.message)
    found += vagrant_orphans.orphans(versions)
    found += [*_processes(), *_contexts(found, labs), *_runtime(labs)]
    wanted = [stray for stray in found if not names or (stray.lab and stray.lab.name in names)]
    return Leftovers(tuple(wanted), tuple(unasked))


def remove(orphans: Iterable[Orphan]) -> Iterator[tuple[Orphan, str]]:
    """Remove what is nobody's: each with why it could not be, or nothing. What may be somebody's
    is passed over."""
    for stray in orphans:
        if stray.remove is None:
            continue
        try:
            stray.remove()
        except (LabgenError, OSError) as error:
            yield stray, str(error)
        else:
            yield stray, ""


def _of_libvirt(uri: str, versions: set[str]) -> list[Orphan]:
    from labgen.providers.libvirt import orphans as libvirt_strays  # noqa: PLC0415 - needs libvirt

    return libvirt_strays.orphans(uri, versions)


def _box_versions() -> set[str]:
    """Of the boxes that the next lab would be made of."""
    found = set()
    for version in bundles.known_versions():
        with suppress(LabgenError):
            found.add(bundles.require_box(version).version)
    return found


def _processes() -> Iterator[Orphan]:
    for process, lab in heal_timer.of_labs():
        if not lives(lab):
            what = f"process {process} that waits to heal a fault"
            yield of_dead(what, lab, partial(_end, process))


def _end(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def _contexts(orphans: Iterable[Orphan], labs: Known) -> Iterator[Orphan]:
    """In this user's kubeconfig, of the labs of which anything else is left: a context's name alone
    tells nobody whose it is."""
    told = [*(stray.lab for stray in orphans if stray.lab), *labs.directories.values()]
    living = {lab.name for lab in told if lives(lab)} | set(store.names())
    target = user_kubeconfig.path()
    for lab in dict.fromkeys(lab for lab in told if lab.name not in living):
        context = f"labgen-{lab.name}"
        if user_kubeconfig.names(context, target):
            remove_it = partial(user_kubeconfig.remove_context, context, target, _kubectl())
            yield of_dead(f"context {context} in {target}", lab, remove_it)


def _kubectl() -> Path:
    """Of any bundle, or whichever there is."""
    for version in bundles.known_versions():
        with suppress(LabgenError):
            return bundles.require(version).bin / "kubectl"
    return Path("kubectl")


def _runtime(labs: Known) -> Iterator[Orphan]:
    """Last, for these tell whose the rest is."""
    for path in sorted(paths.runtime().glob("*/")):
        lab = labs.directory(path.name)
        if lab is None:
            yield unknown(f"directory {path}")
        elif not lives(lab):
            yield of_dead(f"directory {path}", lab, partial(_remove_runtime, path))


def _remove_runtime(path: Path) -> None:
    for socket in path.iterdir():
        if socket.is_socket():
            run(["ssh", "-S", socket, "-O", "exit", "-"], timeout=SSH_TIMEOUT, check=False)
    shutil.rmtree(path)
