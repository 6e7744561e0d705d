"""Move a checkpoint of system containers to another host or another day, as one file.

The bundle's unpacked images stay behind: a host that has the same images in its golden store links
those. A host with another machine image is refused, because a checkpoint has only what a machine
changed in it.
"""

import os
import shutil
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from labgen.bundle.engine.digests import of_tree
from labgen.bundle.store import Bundle, digests, require
from labgen.errors import HostUnfit, LabgenError, UsageError
from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.providers.container import checkpoint_file, checkpoint_store, disks
from labgen.providers.container.checkpoint_file import CHUNK, CheckpointFile, Header
from labgen.providers.container.checkpoint_store import CONTENTS, PART, Contents
from labgen.system import archives, files, paths
from labgen.system.parallel import gather

MARGIN = 64 * 1024**2  # bytes that stay free


def export(lab: Lab, name: str, file: Path) -> int:
    """Write the checkpoint to the file and return its size; see optional.CheckpointFiles."""
    if file.exists() and not file.is_file():
        raise UsageError(f"{file} is not a regular file, and would be replaced by one")
    contents = checkpoint_store.verified(lab, name)
    if contents.bundle is None:
        raise LabgenError(
            f"checkpoint {name} of lab {lab.name} cannot be exported: the bundle that it fits is "
            "not known",
            last_seen="an older version of labgen saved it, or the bundle was built again after "
            "the machines were created",
        )
    source = checkpoint_store.directory(lab) / name
    _ensure_room(file.absolute().parent, contents, f"checkpoint {name} was not exported")
    shared = _digests((source / "shared").glob("*/"))
    return checkpoint_file.write(file, Header(format=1, contents=contents, shared=shared), source)


def import_(lab: Lab, name: str, file: Path) -> None:
    """Add the checkpoint in the file to those of the lab; see optional.CheckpointFiles."""
    with checkpoint_file.opened(file) as source:
        contents = source.header.contents
        saved = store.parse(contents.lab)
        if saved.id != lab.id:
            raise UsageError(
                f"{file} has a checkpoint of another lab than {lab.name}, {saved.name} with id "
                f"{saved.id}; nothing was changed",
                hint=f"a new lab of it: labgen up --from {file} --name OTHER",
            )
        images = _fitting_images(source, saved)
        source.verify()
        checkpoint_store.settle(lab)
        home = checkpoint_store.prepared(lab)
        _ensure_room(home, contents, f"checkpoint {name} was not imported")
        part = home / f".{name}{PART}"
        _extract(source, images, part)
    checkpoint_store.put_in_place(part)


def unpack(file: Path, directory: Path) -> Contents:
    """Make directory, which does not exist, a checkpoint's directory with what is in the file, and
    return its contents.

    It has to be on the file system of the cache. Raises UsageError if the file is no checkpoint,
    LabgenError if it is damaged, HostUnfit if it does not fit this host; directory does not exist
    then.
    """
    with checkpoint_file.opened(file) as source:
        contents = source.header.contents
        images = _fitting_images(source, store.parse(contents.lab))
        source.verify()
        _ensure_room(directory.parent, contents, f"{file} was not unpacked")
        _extract(source, images, directory)
        return contents


def contents_of(file: Path) -> Contents:
    """Return the contents of the checkpoint in the file, of which only the header is read. Raises
    UsageError if the file is no checkpoint."""
    with checkpoint_file.opened(file) as source:
        return source.header.contents


def _fitting_images(source: CheckpointFile, saved: Lab) -> Mapping[str, Path]:
    """Return this host's unpacked images by the names that they have in the checkpoint.

    Raises HostUnfit with what is needed if this host's bundle is another one.
    """
    bundle, needed = require(saved.scenario.kubernetes.version), source.header.contents.bundle
    own, wanted = digests(bundle), source.header.shared
    if needed is None or own.machine != needed.machine:
        what = f"machine image {needed.machine if needed else 'that is not known'}"
        raise _unfit(source, what, f"machine image {own.machine}")
    images = _images(bundle, wanted)
    if lacking := [digest for name, digest in wanted.items() if name not in images]:
        raise _unfit(source, f"unpacked images {', '.join(lacking)}", "not these images")
    return images


def _images(bundle: Bundle, wanted: Mapping[str, str]) -> dict[str, Path]:
    """Return the images of the golden store that have the digests that are wanted, by the names
    that those have elsewhere."""
    golden = bundle.golden.parent / disks.IMAGES
    same = _digests(path for name in wanted if (path := golden / name).is_dir())
    if same != dict(wanted):  # a golden store that was made on another host
        same = _digests(golden.glob("*/"))
    found = {digest: golden / name for name, digest in same.items()}
    return {name: found[digest] for name, digest in wanted.items() if digest in found}


def _digests(trees: Iterable[Path]) -> dict[str, str]:
    """Return the digest of each tree by its name."""
    found = gather({it.name: partial(of_tree, it) for it in trees})
    return {name: it.sha256 for name, it in found.items()}


def _extract(source: CheckpointFile, images: Mapping[str, Path], directory: Path) -> None:
    """Make directory the checkpoint's. Its list of contents comes last, so what a killed process
    leaves is no checkpoint."""
    checkpoint_store.remove(directory)
    try:
        files.private_directory(directory)
        names = source.header.archives
        for name in names:
            _copy(source, name, directory / name)
        gather({name: partial(archives.ensure_contained, directory / name) for name in names})
        (directory / "shared").mkdir()
        for name, image in images.items():
            archives.link(image, directory / "shared" / name)
        told = source.header.contents.model_dump_json(indent=2)
        files.write(directory / CONTENTS, told, mode=files.PRIVATE)
    except BaseException:
        checkpoint_store.remove(directory)
        raise


def _copy(source: CheckpointFile, name: str, target: Path) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, files.PRIVATE)
    with os.fdopen(descriptor, "wb") as file, source.member(name) as data:
        shutil.copyfileobj(data, file, CHUNK)
        file.flush()
        os.fsync(file.fileno())


def _ensure_room(place: Path, contents: Contents, consequence: str) -> None:
    free, needed = shutil.disk_usage(place).free, contents.size + MARGIN
    if free < needed:
        raise LabgenError(
            f"{consequence}: {place} has no room for it",
            last_seen=f"{free // 1024**2} MiB are free, {needed // 1024**2} MiB are needed",
        )


def _unfit(source: CheckpointFile, needed: str, found: str) -> HostUnfit:
    bundle = source.header.contents.bundle
    name = bundle.name if bundle else ""
    return HostUnfit(
        f"{source.path} does not fit this host: it needs bundle {name} with {needed}; nothing was "
        "changed",
        last_seen=f"this host's bundle has {found}",
        hint=f"copy {paths.cache() / 'bundles' / name} from the host where it was saved",
    )
