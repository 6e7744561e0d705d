"""Checkpoints of a lab of system containers: the disks of all machines at one moment.

All machines are frozen together, what they can change is cloned or packed, and they continue.
Memory is not saved: a restore is a power cut, another disk and the power switch. So a machine comes
back as after a power cut at the moment of the checkpoint; the copy is of the page cache, not of the
disk alone.

checkpoint_store says what a checkpoint consists of.
"""

import logging
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from labgen import __version__
from labgen.bundle.store import Digests, digests, require
from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.providers.container import checkpoint_store, checkpoint_trees, disks
from labgen.providers.container.checkpoint_store import (
    CONTENTS,
    OLD,
    PART,
    PENDING,
    Contents,
    remove,
)
from labgen.providers.container.containers import container_name
from labgen.system import archives, files, freezer, mounts, podman
from labgen.system.journal import Journal
from labgen.system.parallel import gather

logger = logging.getLogger(__name__)
PROGRAMS = {"tar": "apt-get install tar", "zstd": "apt-get install zstd"}
MARGIN = 64 * 1024**2  # bytes that stay free when a checkpoint is saved
SAVED_OR_RESTORED = ("checkpoint-saved", "checkpoint-restored")  # of the journal
NEW = ".new"  # of a machine's disks that are to replace its own
Names = Sequence[str]


def save(lab: Lab, name: str) -> Contents:
    """Save all machines, which must be running, as name; an older one of that name is replaced.

    Raises LabgenError if the disk has no room, or if a machine cannot be frozen.
    """
    checkpoint_store.settle(lab)
    return save_at(lab, checkpoint_store.prepared(lab) / name)


def save_at(lab: Lab, target: Path) -> Contents:
    """Save all machines as the directory target, next to the lab's disks or on the same file
    system; raises what save() raises."""
    name = target.name
    part = target.with_name(f".{name}{PART}")
    containers = {m.name: podman.inspect(container_name(lab, m)) for m in lab.machines}
    uppers = {name: found.upper for name, found in containers.items()}
    _discard_new(lab, uppers)
    shared = {m.name: disks.shared_images(lab, m) for m in lab.machines}
    _ensure_room(lab, uppers, shared)
    try:
        _share(lab, part, shared)
        part.chmod(0o700)
        trees = {
            m.name: checkpoint_trees.of_machine(lab, m, uppers[m.name], part, shared[m.name])
            for m in lab.machines
        }
        each = [it for found in trees.values() for it in found]
        checkpoint_trees.prepare(each)
        with freezer.frozen([it.control_group for it in containers.values()]):
            saved, began = time.time(), time.monotonic()
            gather({name: partial(checkpoint_trees.take, it) for name, it in trees.items()})
            shared = {m.name: _present(lab, m, shared[m.name]) for m in lab.machines}
            paused = time.monotonic() - began
        logger.debug("%s: machines stood still for %.2f s", target, paused)
        tasks = {it.archive.name: partial(checkpoint_trees.compressed, it) for it in each}
        done = gather(tasks).values()
        remove(part / checkpoint_trees.CLONES)
        contents = Contents(
            saved=saved,
            paused=paused,
            reflinked=[it.clone.name for it in each if it.clone],
            shared=shared,
            images={name: it.image for name, it in containers.items()},
            sha256=gather({it.name: partial(checkpoint_store.digest, it) for it in done}),
            size=sum(it.stat().st_size for it in done),
            lab=checkpoint_store.description(lab),
            version=__version__,
            bundle=_bundle(lab, containers.values()),
            parent=_parent(lab, name),
        )
        files.write(part / CONTENTS, contents.model_dump_json(indent=2), mode=files.PRIVATE)
    except BaseException:
        remove(part)
        raise
    checkpoint_store.put_in_place(part)
    return contents


def _bundle(lab: Lab, containers: Iterable[podman.Parts]) -> Digests | None:
    """Return which bundle's machine image all machines stand on; None if it was built again since
    they were created."""
    bundle = require(lab.scenario.kubernetes.version)
    same = all(it.image_name == bundle.machine_image for it in containers)
    return digests(bundle) if same else None


def _parent(lab: Lab, name: str) -> str:
    """Return the checkpoint that was saved or restored last; if it is the one that is replaced now,
    that one's parent."""
    events = [it for it in Journal(lab.journal).read() if it.get("event") in SAVED_OR_RESTORED]
    last = str(events[-1].get("name", "")) if events else ""
    if last != name:
        return last
    with suppress(LabgenError):
        if older := checkpoint_store.checkpoints(lab).get(name):
            return older.parent
    return ""


def restore(lab: Lab, name: str, switch_off: Callable[[], object]) -> None:
    """Exchange the disks of all machines for those of the checkpoint; the machines are off then.

    A restore that was interrupted is completed before. Everything is unpacked next to the current
    disks before switch_off is called. Raises UsageError for an unknown checkpoint, LabgenError for
    a damaged one, for machines of other images and for a full disk: nothing has changed then.
    """
    source = checkpoint_store.directory(lab) / name
    contents = checkpoint_store.verified(lab, name)
    if _pending(lab).exists():
        switch_off()
        complete_restore(lab)
    containers = {m.name: podman.inspect(container_name(lab, m)) for m in lab.machines}
    _ensure_same_images(lab, name, contents, containers)
    uppers = {name: found.upper for name, found in containers.items()}
    _discard_new(lab, uppers)
    try:
        gather(
            {
                m.name: partial(_unpack, lab, m, uppers[m.name], source, contents)
                for m in lab.machines
            }
        )
        switch_off()
        gather({m.name: partial(_unmount, lab, m, uppers[m.name]) for m in lab.machines})
    except BaseException:
        _discard_new(lab, uppers)
        raise
    pending = [
        str(path) for m in lab.machines for path in (disks.of_machine(lab, m), uppers[m.name])
    ]
    files.write(_pending(lab), "\n".join(pending) + "\n")
    complete_restore(lab)


def complete_restore(lab: Lab) -> None:
    """Complete a restore that was interrupted while disks were exchanged, if there was one. All its
    machines are off."""
    checkpoint_store.adopt_older(lab)
    note = _pending(lab)
    if not note.exists():
        return
    for path in map(Path, note.read_text().splitlines()):
        if _new(path).exists():
            if path.exists():
                remove(_old(path))
                path.rename(_old(path))
            _new(path).rename(path)
        remove(_old(path))
    note.unlink()


def _pending(lab: Lab) -> Path:
    """Return the note of what is being exchanged, written when all machines are off."""
    return disks.of_lab(lab) / PENDING


def _ensure_same_images(
    lab: Lab, name: str, contents: Contents, containers: Mapping[str, podman.Parts]
) -> None:
    """Raise LabgenError if a machine was created again from another image: the checkpoint has only
    what was changed in the image of then."""
    other = [it for it, image in contents.images.items() if containers[it].image != image]
    if other:
        raise LabgenError(
            f"checkpoint {name} of lab {lab.name} cannot be restored; nothing was changed",
            last_seen=f"created again from another machine image: {', '.join(other)}",
            hint=checkpoint_store.removal(lab, name),
        )


def _discard_new(lab: Lab, uppers: Mapping[str, Path]) -> None:
    """Remove the disks that a restore unpacked and did not exchange."""
    for machine in lab.machines:
        remove(_new(disks.of_machine(lab, machine)))
        remove(_new(uppers[machine.name]))


def _ensure_room(lab: Lab, uppers: Mapping[str, Path], shared: Mapping[str, Names]) -> None:
    """Raise LabgenError unless the disk has room for all that a checkpoint could need.

    An archive is there twice while it is compressed. A clone needs room for what its machine
    writes to before it is packed, and never has an archive that is not compressed.
    """
    home = disks.of_lab(lab)
    changed = sum(map(disks.changed_bytes, uppers.values()))
    for machine in lab.machines:
        images = [disks.images(lab, machine) / name for name in shared[machine.name]]
        changed += disks.changed_bytes(disks.of_machine(lab, machine), without=images)
    wanted = MARGIN + 2 * changed
    free = shutil.disk_usage(home).free
    if free < wanted:
        raise LabgenError(
            f"lab {lab.name} was not saved: {home} has no room for a checkpoint",
            last_seen=f"{free // 1024**2} MiB are free, up to {wanted // 1024**2} MiB are needed",
            hint=f"labgen checkpoint list {lab.name}    shows what could be removed",
        )


def _share(lab: Lab, part: Path, shared: Mapping[str, Names]) -> None:
    """Link the bundle's unpacked images of all machines, named by machine, into the checkpoint."""
    target = part / "shared"
    target.mkdir(parents=True)
    for machine in lab.machines:
        for name in shared[machine.name]:
            if not (target / name).exists():
                archives.link(disks.images(lab, machine) / name, target / name)


def _present(lab: Lab, machine: Machine, names: Sequence[str]) -> list[str]:
    return [name for name in names if (disks.images(lab, machine) / name).is_dir()]


def _unpack(lab: Lab, machine: Machine, upper: Path, source: Path, contents: Contents) -> None:
    home = disks.of_machine(lab, machine)
    for target, archive in ((home, "disks"), (upper, "root")):
        remove(_new(target))
        _new(target).mkdir()
        archives.unpack(source / f"{machine.name}.{archive}.tar.zst", _new(target))
    images = _new(home) / disks.images(lab, machine).relative_to(home)
    archives.ensure_no_link(images, _new(home))
    for name in contents.shared[machine.name]:
        archives.link(source / "shared" / name, images / name)


def _unmount(lab: Lab, machine: Machine, upper: Path) -> None:
    """Unmount the root file system of a machine that is off. podman mounts none again that is still
    mounted, so the machine would go on with the directory that a restore has replaced."""
    name = container_name(lab, machine)
    podman.clean_up(name)
    if mounts.below(upper.parent):
        raise LabgenError(
            f"the root file system of {machine.name} is still mounted; nothing was restored",
            hint=f"podman unmount --force {name}",
        )


def _new(path: Path) -> Path:
    return path.with_name(path.name + NEW)


def _old(path: Path) -> Path:
    return path.with_name(path.name + OLD)
