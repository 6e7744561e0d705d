"""`labgen load`: container images from this host into the runtime of every machine of a lab."""

import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from labgen.bundle.parts import sources
from labgen.console import Console
from labgen.errors import LabgenError, UsageError
from labgen.lab import store
from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.machine.push import Script, push
from labgen.machine.ssh import Ssh
from labgen.providers.base import State
from labgen.providers.registry import provider
from labgen.system import image_archive, oci_archive, paths
from labgen.system.image_archive import Archive
from labgen.system.journal import Journal
from labgen.system.parallel import gather

RECEIVED = "/var/tmp/labgen-images.tar"  # noqa: S108 - one at a time, by the lab's lock
RECEIVE = 'umask 077; cat >"$1"'
SLOWEST = 100_000  # bytes a second; a slower link ends in an error
AT_LEAST = 300.0  # seconds
ENTRY = "load-images.sh"


def load(name: str, images: Sequence[str], console: Console) -> None:
    """Import the images into every machine of the lab, concurrently. Each is an archive, or the
    name of an image in the store of podman or docker.

    Raises UsageError, before anything is sent, with all images that are not found or do not suit
    the machines, and LabgenError when a machine is not on.
    """
    lab = store.load(name)
    with tempfile.TemporaryDirectory(prefix="load-", dir=_scratch()) as directory:
        archives = _collect(images, Path(directory))
        _ensure_suitable(archives)
        archives = [
            _adapted(lab, archive, Path(directory) / f"docker-{number}.tar")
            for number, archive in enumerate(archives)
        ]
        with store.hold(name, store.tell_waiting(name, console)):
            _ensure_on(lab)
            ssh = access.ssh(lab)
            for archive in archives:
                _load(lab, ssh, archive, console)


def _scratch() -> Path:
    paths.cache().mkdir(parents=True, exist_ok=True)
    return paths.cache()


def _collect(images: Sequence[str], directory: Path) -> list[Archive]:
    """Return an archive for each image; those from stores are written into directory."""
    files = [image for image in images if image_archive.looks_like_file(image)]
    paths_of = {image: _path(image) for image in files}
    stores = {image: image_archive.store_of(image) for image in images if image not in files}
    missing = [
        f"there is no file {image}" for image, path in paths_of.items() if not path.is_file()
    ]
    missing += [
        f"neither {' nor '.join(image_archive.STORES)} has an image {image}"
        for image, store_ in stores.items()
        if store_ is None
    ]
    if missing:
        raise UsageError(
            "\n".join(missing),
            hint="images of podman: podman images    a file: podman save -o FILE IMAGE",
        )
    found = []
    for number, image in enumerate(dict.fromkeys(images)):
        if image in paths_of:
            found.append(image_archive.read(paths_of[image]))
        else:
            target = directory / f"{number}.tar"
            found.append(image_archive.save(stores[image] or "", image, target))
    return found


def _path(file: str) -> Path:
    try:
        return Path(file).expanduser()
    except RuntimeError:  # ~USER of a user that this host does not have
        return Path(file)


def _ensure_suitable(archives: Sequence[Archive]) -> None:
    wanted = sources.architecture()
    wrong = [
        f"{' and '.join(archive.names)} is for {' and '.join(sorted(archive.architectures))}, "
        f"and the lab's machines are {wanted}"
        for archive in archives
        if archive.architectures and wanted not in archive.architectures
    ]
    if wrong:
        raise UsageError("\n".join(wrong), hint=f"build or pull it with --platform linux/{wanted}")


def _adapted(lab: Lab, archive: Archive, target: Path) -> Archive:
    """Return the archive in a form that the lab's runtime reads; a new one is written to target."""
    if lab.scenario.kubernetes.runtime != "docker" or archive.kind != image_archive.OCI:
        return archive
    try:
        return oci_archive.as_docker(archive, target, sources.architecture())
    except KeyError as error:
        raise UsageError(
            f"{archive.path} has no {error.args[0]}",
            hint="save it again: podman save --format docker-archive -o FILE IMAGE",
        ) from error


def _ensure_on(lab: Lab) -> None:
    states = provider(lab.provider).machines(lab)
    off = [f"{name} is {state}" for name, state in states.items() if state is not State.ON]
    if off:
        raise LabgenError(
            f"images can only be loaded into machines that are on: {', '.join(off)}",
            hint=f"labgen start {lab.name}",
        )


def _load(lab: Lab, ssh: Ssh, archive: Archive, console: Console) -> None:
    begin = time.monotonic()
    gather({it.name: partial(_import, lab, ssh, it, archive) for it in lab.machines})
    names = archive.full_names
    Journal(lab.journal).write("images-loaded", names=names)
    where = f"{len(lab.machines)} machines" if len(lab.machines) > 1 else lab.machines[0].name
    seconds = time.monotonic() - begin
    console.say(f"loaded {', '.join(names)} into {where} ({seconds:.1f} s)")
    if latest := [name for name in names if name.endswith(":latest")]:
        console.say(
            f"  note: a pod pulls {', '.join(latest)} anyway, because of the tag latest, unless it "
            "has imagePullPolicy: IfNotPresent"
        )


def _import(lab: Lab, ssh: Ssh, machine: Machine, archive: Archive) -> None:
    limit = AT_LEAST + archive.size / SLOWEST
    with archive.path.open("rb") as file:
        words = ["sh", "-c", RECEIVE, "receive", RECEIVED]
        ssh.run(machine.name, words, timeout=limit * lab.slowdown, stdin_from=file)
    runtime = lab.scenario.kubernetes.runtime
    script = Script(
        name="the import of images",
        entry=ENTRY,
        arguments=(runtime, archive.kind, RECEIVED, *archive.names),
        timeout=limit,
        directories={ENTRY: ENTRY, "lib": "lib"},
        log="load",
        hint=f"to inspect: labgen ssh {lab.name} {machine.name}",
    )
    push(lab, ssh, machine, script)
