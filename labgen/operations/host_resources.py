"""List everything that labgen has on this host outside of labs' directories.

This includes the providers' resources and those of every lab: timers that heal faults, contexts in
the user's kubeconfig, runtime directories.
"""

import os
import shutil
import signal
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from labgen.errors import LabgenError
from labgen.faults import heal_timer
from labgen.lab import user_kubeconfig
from labgen.lab.lab import Lab
from labgen.lab.ownership import KnownLabs, Owner, known_labs, owner
from labgen.providers.base import Provider
from labgen.providers.libvirt import vagrant_resources
from labgen.providers.libvirt.host import LOCAL
from labgen.providers.registry import provider
from labgen.providers.resource import Resource
from labgen.system import paths
from labgen.system.process import run

SSH_TIMEOUT = 10.0


@dataclass(frozen=True)
class Listing:
    """The resources in an order in which they can be removed; unqueried has the reasons of libvirts
    that did not answer."""

    resources: tuple[Resource, ...]
    unqueried: tuple[str, ...]


def of_lab(lab: Lab, machines: Provider) -> list[Resource]:
    """Return what the lab has outside its directory, except checkpoints that outlive it."""
    found = list(machines.list_resources(lab))
    own = owner(lab)
    found += [_timer(process, own) for process in heal_timer.running(lab)]
    if target := user_kubeconfig.present(lab):
        found.append(_context(lab.context, target, own))
    found += _runtime(known_labs([own]))
    return [it for it in found if it.lab == own and not it.kept]


def of_host(uris: Collection[str] = ()) -> Listing:
    """Return the resources of all labs on this host, in the libvirts that labs named, and at
    uris."""
    labs = known_labs()
    found, unqueried = list(provider("container").list_resources()), []
    named = dict.fromkeys([LOCAL, *(it.uri for it in labs.notes.values() if it.uri), *uris])
    for uri in named if find_spec("libvirt") else ():
        try:
            found += provider("libvirt", uri).list_resources()
        except LabgenError as error:
            unqueried.append(error.reason)
    found += vagrant_resources.list_resources()
    found += [_timer(process, lab) for process, lab in heal_timer.of_labs()]
    found += [_context(*it) for it in user_kubeconfig.marked()]
    found += _runtime(known_labs([it.lab for it in found]))
    # Vagrant's are listed with each libvirt
    return Listing(tuple(dict.fromkeys(found)), tuple(unqueried))


def _timer(process: int, lab: Owner) -> Resource:
    name = f"{process} that waits to heal a fault"
    return Resource("process", name, lab, partial(_end, process))


def _end(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def _context(name: str, target: Path, lab: Owner) -> Resource:
    remove = partial(user_kubeconfig.remove_from, target, lab)
    return Resource("context", f"{name} in {target}", lab, remove)


def _runtime(labs: KnownLabs) -> Iterator[Resource]:
    """Yield the runtime directories. They come last, because their notes identify the owners of
    other resources."""
    for path in sorted(paths.runtime().glob("*/")):
        delete = partial(_remove_runtime, path)
        yield Resource("directory", str(path), labs.owner(path.name), delete)


def _remove_runtime(path: Path) -> None:
    for socket in path.iterdir():
        if socket.is_socket():
            run(["ssh", "-S", socket, "-O", "exit", "-"], timeout=SSH_TIMEOUT, check=False)
    shutil.rmtree(path)
