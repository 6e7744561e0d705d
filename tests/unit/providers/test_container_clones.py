"""Labs that are made from checkpoints of system containers: only on the bundle they stand on."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from labgen.bundle.store import Digests
from labgen.errors import HostUnfit, LabgenError
from labgen.lab import keys, store
from labgen.lab.lab import Lab
from labgen.providers.container import (
    checkpoint_file,
    checkpoint_store,
    checkpoint_transfer,
    clones,
    creation,
    disks,
    network,
    power,
)
from labgen.providers.container.checkpoint_file import Header
from labgen.providers.container.checkpoint_store import Contents
from labgen.providers.optional import CheckpointUnusable, Clones, clones_of
from labgen.providers.registry import provider
from labgen.relocation.relocate import Disks, Relocation
from labgen.render.files import File
from labgen.system import archives, podman
from tests.unit.lab.samples import lab, made, mode

BUNDLE = Digests("v1.37.2-amd64", machine="1a" * 32, golden="2b" * 32)


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a checkpoint of lab `demo` with one machine, on a host with its bundle."""
    for disk in ("etcd/member", "kubelet", "containerd/io.containerd"):
        (tmp_path / "disks" / disk).mkdir(parents=True)
    snapshots = tmp_path / "disks" / disks.IMAGES
    snapshots.mkdir(parents=True)
    payload = tmp_path / "root" / clones.PAYLOAD
    payload.mkdir(parents=True)
    (payload / "kubeadm.yaml").write_text("token: of the first lab\n")
    (tmp_path / "root/etc/hosts").write_text("10.89.0.2 master1\n")
    place = tmp_path / "saved"
    image = place / "shared/1/fs"
    image.mkdir(parents=True)
    (image / "program").write_text("etcd")
    for part in ("disks", "root"):
        archives.pack(tmp_path / part, place / f"master1.{part}.tar")
        archives.compress(place / f"master1.{part}.tar")
    archives_made = sorted(place.glob("*.zst"))
    contents = Contents(
        saved=1.0,
        paused=0.1,
        shared={"master1": ["1"]},
        sha256={it.name: checkpoint_store.digest(it) for it in archives_made},
        size=sum(it.stat().st_size for it in archives_made),
        lab=store.as_json(lab("single")),
        bundle=BUNDLE,
    )
    (place / "checkpoint.json").write_text(contents.model_dump_json())
    monkeypatch.setattr(clones, "require", lambda _: SimpleNamespace(bin=tmp_path / "bin"))
    monkeypatch.setattr(clones, "digests", lambda _: BUNDLE)
    return place


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what was done to a host on which containers are directories."""
    done: list[str] = []

    def create(lab: Lab, machine: object, *_: object, start: bool) -> None:
        done.append(f"create {start}")
        (tmp_path / "upper").mkdir(exist_ok=True)

    parts = podman.Parts("", tmp_path / "upper", "", "")
    monkeypatch.setattr(creation, "create", create)
    monkeypatch.setattr(creation, "ready_host", lambda _: done.append("network"))
    monkeypatch.setattr(clones, "load_machine", lambda _: None)
    monkeypatch.setattr(keys, "ensure", lambda _: done.append("keys"))
    monkeypatch.setattr(network, "unplug", lambda *_: None)
    monkeypatch.setattr(network, "plug_in", lambda *_: None)
    monkeypatch.setattr(podman, "inspect", lambda _: parts)
    monkeypatch.setattr(podman, "containers", lambda _: [])
    monkeypatch.setattr(podman, "named", lambda _: [])
    monkeypatch.setattr(power, "switch", lambda *_: done.append("switch on"))
    return done


def _profile(_: object) -> object:
    return None


def test_a_machine_has_the_disks_of_the_checkpoint_before_it_runs(
    saved: Path, host: list[str], tmp_path: Path
) -> None:
    clone = made("single", "clone")
    left = disks.of_machine(clone, clone.machines[0]) / "etcd/of-an-interrupted-call"
    left.parent.mkdir(parents=True)
    left.touch()
    clones.unpack(clone, saved, _profile)  # type: ignore[arg-type]
    home = disks.of_machine(clone, clone.machines[0])
    assert (home / "etcd/member").is_dir()
    assert not left.exists()
    linked = home / disks.IMAGES / "1/fs/program"
    assert linked.stat().st_ino == (saved / "shared/1/fs/program").stat().st_ino
    assert (tmp_path / "upper/etc/hosts").read_text() == "10.89.0.2 master1\n"
    assert host == ["keys", "network", "create False"]


def test_machines_are_never_of_two_checkpoints(
    saved: Path, host: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    unpack = archives.unpack

    def slower(archive: Path, directory: Path) -> None:
        unpack(archive, directory)
        if not archive.name.endswith("root.tar.zst"):
            return
        told = json.loads((saved / "checkpoint.json").read_bytes())  # `checkpoint save` again
        (saved / "checkpoint.json").write_text(json.dumps({**told, "saved": 2.0}))

    monkeypatch.setattr(archives, "unpack", slower)
    with pytest.raises(CheckpointUnusable, match="was replaced while machines were made from it"):
        clones.unpack(made("single", "clone"), saved, _profile)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", ["etc", "etc/labgen", "etc/labgen/payload"])
def test_a_link_on_a_machine_leads_to_no_file_of_this_host(
    saved: Path, host: list[str], tmp_path: Path, place: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    for part in ("", "labgen", "payload", "labgen/payload"):
        (elsewhere / part / "kept").mkdir(parents=True, exist_ok=True)
    before = sorted(elsewhere.rglob("*"))
    link = tmp_path / "upper" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(elsewhere)
    clone = made("single", "clone")
    payload = {"master1": {"etc/labgen/lab.env": File("x", 0o600)}}
    with pytest.raises(CheckpointUnusable, match="could not be turned into") as unusable:
        clones.relocate_machines(clone, clone, payload, same_certificates=False)
    assert unusable.value.last_seen == f"{link} is a symbolic link; it should be a directory"
    assert sorted(elsewhere.rglob("*")) == before


def test_a_machine_gets_the_files_of_its_own_lab(
    saved: Path, host: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, clone = made("single", "demo"), made("single", "clone")
    seen: list[Relocation] = []

    def relocate(found: dict[str, Disks], change: Relocation) -> None:
        assert mode(change.work) == 0o700
        assert found["master1"].etcd == disks.of_machine(clone, clone.machines[0]) / "etcd"
        seen.append(change)

    monkeypatch.setattr(clones, "relocate", relocate)
    clones.unpack(clone, saved, _profile)  # type: ignore[arg-type]
    path = f"{clones.PAYLOAD}/haproxy.cfg"
    payload = {"master1": {path: File("of the clone"), "etc/labgen/lab.env": File("x", 0o600)}}
    clones.relocate_machines(clone, first, payload, same_certificates=True)
    upper = tmp_path / "upper"
    assert [it.name for it in (upper / clones.PAYLOAD).iterdir()] == ["haproxy.cfg"]
    assert mode(upper / "etc/labgen/lab.env") == 0o600
    (change,) = seen
    assert (change.old, change.new, change.same_certificates) == (first.subnet, clone.subnet, True)
    assert not change.work.exists()
    clones.switch_on(clone)
    assert host[-1] == "switch on"


def test_disks_that_cannot_be_relocated_are_told_from_other_failures(
    saved: Path, host: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def relocate(*_: object) -> None:
        raise LabgenError("no control plane has data of etcd")

    clone = made("single", "clone")
    monkeypatch.setattr(clones, "relocate", relocate)
    clones.unpack(clone, saved, _profile)  # type: ignore[arg-type]
    with pytest.raises(CheckpointUnusable, match="could not be turned into") as unusable:
        clones.relocate_machines(clone, clone, {"master1": {}}, same_certificates=False)
    assert unusable.value.last_seen == "no control plane has data of etcd"


def test_a_damaged_checkpoint_is_named(saved: Path, host: list[str]) -> None:
    assert clones.read(saved).lab.name == "demo"
    archive = saved / "master1.root.tar.zst"
    content = archive.read_bytes()
    archive.write_bytes(content[:-1])
    for use in (clones.read, lambda path: clones.unpack(made("single"), path, _profile)):  # type: ignore[arg-type]
        with pytest.raises(CheckpointUnusable, match="is damaged") as damaged:
            use(saved)
        assert damaged.value.last_seen == "not as it was saved: master1.root.tar.zst"
    archive.write_bytes(content)
    told = json.loads((saved / "checkpoint.json").read_bytes())
    (saved / "checkpoint.json").write_text(json.dumps({**told, "shared": {}}))
    with pytest.raises(CheckpointUnusable, match="is damaged") as damaged:
        clones.read(saved)
    assert damaged.value.last_seen == "not as it was saved: its machines"
    (saved / "checkpoint.json").write_text(json.dumps(told))
    shutil.rmtree(saved / "shared/1")
    with pytest.raises(CheckpointUnusable, match="is damaged"):
        clones.read(saved)
    (saved / "checkpoint.json").unlink()
    with pytest.raises(CheckpointUnusable, match="there is no checkpoint at"):
        clones.read(saved)


def test_a_checkpoint_of_another_bundle_is_refused(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = replace(BUNDLE, machine="3c" * 32)
    monkeypatch.setattr(clones, "digests", lambda _: here)
    with pytest.raises(HostUnfit, match="with machine image 1a1a1a1a") as no:
        clones.read(saved)
    assert no.value.last_seen == "this host has v1.37.2-amd64 with machine image 3c3c3c3c3c3c"

    def missing(_: str) -> None:
        raise LabgenError("the bundle v1.37.2-amd64 is not ready")

    monkeypatch.setattr(clones, "require", missing)
    with pytest.raises(HostUnfit, match="it needs bundle v1") as no:
        clones.read(saved)
    told = json.loads((saved / "checkpoint.json").read_bytes())
    (saved / "checkpoint.json").write_text(json.dumps({**told, "bundle": None}))
    with pytest.raises(HostUnfit, match="the bundle that its machines stand on is not known"):
        clones.read(saved)


def test_a_lab_can_be_made_from_a_file(
    saved: Path, host: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = checkpoint_store.read(saved, remedy="")
    file = tmp_path / "exported"
    checkpoint_file.write(file, Header(format=1, contents=contents, shared={"1": "4d"}), saved)
    images = {"1": saved / "shared/1"}
    monkeypatch.setattr(checkpoint_transfer, "_fitting_images", lambda *_: images)
    assert clones.read(file).lab.name == "demo"
    clone = made("single", "clone")
    clones.unpack(clone, file, _profile)  # type: ignore[arg-type]
    home = disks.of_lab(clone)
    assert (home / "master1/etcd/member").is_dir()
    assert [it.name for it in home.iterdir() if it.is_dir()] == ["master1"]
    with monkeypatch.context() as other:
        other.setattr(creation, "create", _fail)
        with pytest.raises(LabgenError, match="podman failed"):
            clones.unpack(clone, file, _profile)  # type: ignore[arg-type]
    assert not (home / clones.UNPACKED).exists()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(LabgenError, match="is damaged; nothing was changed"):
        clones.read(file)


def _fail(*_: object, **__: object) -> None:
    raise LabgenError("podman failed")


def test_only_system_containers_can_be_cloned() -> None:
    assert isinstance(provider("container"), Clones)
    with pytest.raises(LabgenError, match="no lab can be made from a checkpoint of existing mach"):
        clones_of(provider("ssh"))
