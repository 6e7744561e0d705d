"""Access to finished bundles."""

from pathlib import Path

import pytest

from labgen.bundle import store
from labgen.bundle.engine import lockfile
from labgen.bundle.engine.digests import Digest
from labgen.bundle.engine.lockfile import Lock, LockedPart
from labgen.errors import LabgenError


def test_a_bundle_that_was_never_built_says_what_to_type() -> None:
    with pytest.raises(LabgenError) as failure:
        store.require("v1.37.2")
    assert "is not ready" in failure.value.message
    assert "kubernetes missing" in (failure.value.last_seen or "")
    assert failure.value.hint == "build it: labgen bundle build"


def test_a_clone_shares_layers_but_owns_its_databases(tmp_path: Path) -> None:
    golden = tmp_path / "golden"
    layer = golden / "io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs/bin/program"
    database = golden / "io.containerd.metadata.v1.bolt/meta.db"
    for path in (layer, database):
        path.parent.mkdir(parents=True)
        path.write_text("golden")
    target = tmp_path / "machine"
    store.clone_golden(golden, target)
    assert (target / layer.relative_to(golden)).samefile(layer)
    own = target / database.relative_to(golden)
    own.write_text("written by a machine")
    assert database.read_text() == "golden"
    assert sorted(path.name for path in own.parent.iterdir()) == ["meta.db"]


def test_a_clone_keeps_the_permissions_of_databases(tmp_path: Path) -> None:
    database = tmp_path / "golden/some/metadata.db"
    database.parent.mkdir(parents=True)
    database.write_text("x")
    database.chmod(0o600)
    store.clone_golden(tmp_path / "golden", tmp_path / "machine")
    assert (tmp_path / "machine/some/metadata.db").stat().st_mode & 0o777 == 0o600


def test_a_bundle_is_told_by_its_machine_image_and_its_golden_store(tmp_path: Path) -> None:
    directory = tmp_path / "v1.37.2-amd64"
    parts = {
        name: LockedPart(inputs="", outputs={output: Digest(f"of {name}", 1)}, seconds=1)
        for name, output in (("machine", "machine.tar.zst"), ("golden", "golden/containerd"))
    }
    lockfile.write(directory, Lock(parts=parts))
    bundle = store.describe("v1.37.2", directory)
    assert store.digests(bundle) == store.Digests(
        "v1.37.2-amd64", machine="of machine", golden="of golden"
    )


def test_what_machines_get_for_a_container_runtime_has_digests(tmp_path: Path) -> None:
    outputs = {
        "runtime-cri-o": ["runtimes/cri-o/crio", "runtimes/cri-o/packages.tar"],
        "runtime-docker": ["runtimes/docker/packages.tar"],
        "images": ["images.tar"],
        "machine": ["machine.tar.zst"],
    }
    parts = {
        name: LockedPart(inputs="", outputs={it: Digest(f"of {it}", 1) for it in paths}, seconds=1)
        for name, paths in outputs.items()
    }
    lockfile.write(tmp_path, Lock(parts=parts))
    bundle = store.describe("v1.37.2", tmp_path)
    assert store.runtime_digests(bundle, "cri-o") == {
        path: f"of {path}" for path in (*outputs["runtime-cri-o"], "images.tar")
    }
    assert store.runtime_digests(bundle, "containerd") == {}
