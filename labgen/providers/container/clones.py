"""Machines that are made from a checkpoint of another lab: unpacked, relocated, switched on.

All of them are of one moment. So what an interrupted call made is discarded and made again, until
every machine runs.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from labgen.bundle.store import Bundle, digests, load_machine, require
from labgen.errors import HostUnfit, LabgenError, reason
from labgen.lab import keys, ownership, store
from labgen.lab.lab import Lab, Machine
from labgen.providers.base import Power
from labgen.providers.container import (
    checkpoint_file,
    checkpoint_store,
    checkpoint_transfer,
    containers,
    creation,
    disks,
    network,
    power,
    realtime,
)
from labgen.providers.container.checkpoint_store import Contents
from labgen.providers.container.containers import container_name
from labgen.providers.optional import CheckpointUnusable, SavedLab
from labgen.relocation.relocate import Disks, Relocation, relocate
from labgen.render.files import File
from labgen.scenario.model import Role
from labgen.system import archives, files, mounts, paths, podman
from labgen.system.host import MachineProfile
from labgen.system.interrupt import Interrupted
from labgen.system.parallel import gather

Profile = Callable[[Machine], MachineProfile]
SCRATCH, UNPACKED = ".relocation", ".checkpoint-file"  # in the directory of a lab's disks
PAYLOAD = "etc/labgen/payload"  # has secrets of the lab that was saved


def describe(path: Path) -> SavedLab:
    """Return the checkpoint at path as it is described there: of its archives, nothing is read.

    Raises CheckpointUnusable if that cannot be read.
    """
    return _saved(path, _contents(path))


def read(path: Path) -> SavedLab:
    """Return the checkpoint at path.

    Raises CheckpointUnusable if it cannot be read or is damaged, HostUnfit if it stands on another
    bundle than this host has.
    """
    contents = _verified(path)
    if path.is_dir() and (lost := checkpoint_store.damaged(path, contents)):
        raise _damaged(path, lost)
    saved = _saved(path, contents)
    lab = saved.lab
    if contents.shared.keys() != {machine.name for machine in lab.machines}:
        raise _damaged(path, ["its machines"])
    ensure_fits(contents, lab.scenario.kubernetes.version, f"the checkpoint at {path}")
    return saved


def _saved(path: Path, contents: Contents) -> SavedLab:
    lab, saved = store.parse(contents.lab), datetime.fromtimestamp(contents.saved, UTC)
    return SavedLab(path, lab, saved, contents.size, contents.bundle)


def _verified(path: Path) -> Contents:
    """Return the contents of the checkpoint at path; a file is verified to its last byte."""
    if not path.is_file():
        return _contents(path)
    with checkpoint_file.opened(path) as file:
        file.verify()
        return file.header.contents


def _contents(path: Path) -> Contents:
    """Return the contents of the checkpoint at path, unverified."""
    if path.is_file():
        return checkpoint_transfer.contents_of(path)
    try:
        return checkpoint_store.read(path, remedy="")
    except (OSError, LabgenError) as error:
        why = reason(error)
        raise CheckpointUnusable(f"there is no checkpoint at {path}", last_seen=why) from error


def _ensure_still_there(directory: Path, contents: Contents) -> None:
    """Raise CheckpointUnusable if another checkpoint has taken this one's place, or none: machines
    may be of two moments then."""
    if _contents(directory) != contents:
        raise CheckpointUnusable(
            f"the checkpoint at {directory} was replaced while machines were made from it"
        )


def _damaged(path: Path, lost: Sequence[str]) -> CheckpointUnusable:
    return CheckpointUnusable(
        f"the checkpoint at {path} is damaged",
        last_seen=f"not as it was saved: {', '.join(lost)}",
    )


def ensure_fits(contents: Contents, version: str, what: str) -> Bundle:
    """Return the bundle of that Kubernetes version if the checkpoint stands on its machine image.

    what names the checkpoint in the message. Raises HostUnfit if it does not: a checkpoint has only
    what machines changed in that image. The unpacked images that it needs come with it.
    """
    wanted = contents.bundle
    if wanted is None:
        raise HostUnfit(
            f"no lab can be made from {what}: the bundle that its machines stand on is not known",
            hint="it was saved by an older labgen, or after its bundle was built again",
        )
    message = (
        f"no lab can be made from {what}: "
        f"it needs bundle {wanted.name} with machine image {wanted.machine[:12]}"
    )
    hint = f"copy {paths.cache() / 'bundles' / wanted.name} from the host where it was saved"
    try:
        bundle = require(version)
    except LabgenError as error:
        raise HostUnfit(message, last_seen=error.reason, hint=hint) from error
    here = digests(bundle)
    if (here.name, here.machine) != (wanted.name, wanted.machine):
        seen = f"this host has {here.name} with machine image {here.machine[:12]}"
        raise HostUnfit(message, last_seen=seen, hint=hint)
    return bundle


def unpack(lab: Lab, source: Path, profile: Profile) -> None:
    """Create all machines of the lab, switched off, with the disks of the checkpoint at source.

    What exists of its machines is discarded. Raises CheckpointUnusable for a damaged one.
    """
    contents = _contents(source)  # of a file, checkpoint_transfer.unpack() verifies the rest
    bundle = ensure_fits(contents, lab.scenario.kubernetes.version, str(source))
    containers.ensure_alone(lab)
    load_machine(bundle)
    _discard(lab)
    keys.ensure(lab)
    creation.ready_host(lab)
    network.plug_in(lab, lab.machines)
    ownership.label_directory(lab, disks.of_lab(lab))
    try:
        directory = source
        if source.is_file():
            directory = disks.of_lab(lab) / UNPACKED
            contents = checkpoint_transfer.unpack(source, directory)
        unpack_one = partial(_unpack, lab, source=directory, contents=contents, bundle=bundle)
        try:
            gather({m.name: partial(unpack_one, m, profile=profile(m)) for m in lab.machines})
        except LabgenError as error:
            _ensure_still_there(directory, contents)
            if lost := checkpoint_store.damaged(directory, contents):
                raise _damaged(source, lost) from error
            raise
        _ensure_still_there(directory, contents)
    finally:
        checkpoint_store.remove(disks.of_lab(lab) / UNPACKED)


def relocate_machines(
    lab: Lab, saved: Lab, payloads: Mapping[str, Mapping[str, File]], *, same_certificates: bool
) -> None:
    """Turn the unpacked disks of the saved lab into those of lab; payloads has files by machine and
    path.

    Raises CheckpointUnusable if they cannot be changed; nothing else than these disks was.
    """
    uppers = _uppers(lab)
    bundle = require(lab.scenario.kubernetes.version)
    scratch = disks.of_lab(lab) / SCRATCH
    change = Relocation(
        old=saved.subnet,
        new=lab.subnet,
        password=keys.join_secrets(lab).vrrp_password,
        same_certificates=same_certificates,
        control_planes=[machine.name for machine in lab.control_planes],
        etcd=bundle.bin / "etcd",
        work=files.private_directory(scratch),
    )
    found = {m.name: _disks(lab, m, uppers[m.name]) for m in lab.machines}
    try:
        for machine in lab.machines:
            _replace_payload(uppers[machine.name], payloads[machine.name])
        relocate(found, change)
    except Interrupted:
        raise
    except LabgenError as error:
        raise CheckpointUnusable(
            f"the disks of lab {saved.name} could not be turned into those of lab {lab.name}",
            last_seen=error.reason,
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def switch_on(lab: Lab) -> None:
    """Switch all machines on, in the order of their power switch."""
    acting = lab.machines
    gather({m.name: partial(power.switch, lab, m, Power.ON, acting) for m in acting})
    realtime.allow()


def _discard(lab: Lab) -> None:
    """Remove the machines of an interrupted call."""
    podman.remove([it.name for it in containers.of_lab(lab)])
    network.unplug(lab, lab.machines)
    home = disks.of_lab(lab)
    mounts.unmount_below(home)
    for name in (*(machine.name for machine in lab.machines), SCRATCH, UNPACKED):
        checkpoint_store.remove(home / name)


def _unpack(
    lab: Lab,
    machine: Machine,
    *,
    source: Path,
    contents: Contents,
    bundle: Bundle,
    profile: MachineProfile,
) -> None:
    home = disks.of_machine(lab, machine)
    home.mkdir()
    archives.unpack(source / f"{machine.name}.disks.tar.zst", home)
    archives.ensure_no_link(disks.images(lab, machine), home)
    for name in contents.shared[machine.name]:
        archives.link(source / "shared" / name, disks.images(lab, machine) / name)
    containers.free_name(lab, container_name(lab, machine))
    creation.create(lab, machine, bundle, profile, start=False)
    upper = podman.inspect(container_name(lab, machine)).upper
    shutil.rmtree(upper)
    upper.mkdir()
    archives.unpack(source / f"{machine.name}.root.tar.zst", upper)


def _uppers(lab: Lab) -> dict[str, Path]:
    """Return, by machine, the directory with what it changed in its root file system."""
    return {m.name: podman.inspect(container_name(lab, m)).upper for m in lab.machines}


def _replace_payload(root: Path, payload: Mapping[str, File]) -> None:
    """Replace what `up` sent to the saved machine by what it would send to this one.

    Raises LabgenError if a link on the machine leads elsewhere: here that is another place.
    """
    archives.ensure_no_link(root / PAYLOAD, root)
    checkpoint_store.remove(root / PAYLOAD)
    for path, file in payload.items():
        files.write(root / path, file.content, mode=file.mode)


def _disks(lab: Lab, machine: Machine, upper: Path) -> Disks:
    home = disks.of_machine(lab, machine)
    stacked = machine.role is Role.CONTROL_PLANE
    return Disks(upper, home / "kubelet", home / "etcd" if stacked else None)
