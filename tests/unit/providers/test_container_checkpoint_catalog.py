"""Checkpoints are found by lab and name, and outlive their lab only if the user wants it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from labgen.errors import UsageError
from labgen.lab import ownership, store
from labgen.lab.lab import Lab
from labgen.lab.ownership import owner
from labgen.operations import gc, host_resources
from labgen.operations.host_resources import Listing
from labgen.providers.container import checkpoint_catalog, checkpoint_store, disks
from labgen.providers.container.checkpoint_store import Contents
from labgen.providers.container.resources import list_resources
from labgen.providers.resource import Resource
from tests.unit.lab.samples import made
from tests.unit.system.stubs import stub

EMPTY = Contents(saved=1796040000, paused=0, shared={}, sha256={}, size=0)


@pytest.fixture(autouse=True)
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate a host without machines."""
    stub(monkeypatch, tmp_path, "podman", "echo '[]'")
    stub(monkeypatch, tmp_path, "ip", "echo '[]'")
    stub(monkeypatch, tmp_path, "iptables", "")


def _with(name: str, *labels: str) -> Lab:
    """Return a lab with checkpoints of these names."""
    lab = made("single", name)
    for label in labels:
        place = checkpoint_store.prepared(lab) / label
        place.mkdir()
        (place / "checkpoint.json").write_text(EMPTY.model_dump_json())
        (place / "master1.root.tar.zst").write_bytes(b"x" * 9000)
    return lab


def _down(lab: Lab, *, keep: bool) -> None:
    checkpoint_catalog.mark(lab, keep=keep)
    checkpoint_catalog.remove_unless_kept(lab)
    shutil.rmtree(lab.directory)


def test_a_checkpoint_is_found_by_its_lab_or_alone_if_no_other_has_that_name() -> None:
    _with("demo", "before", "good")
    _with("other", "good")
    assert checkpoint_catalog.find("before").reference == "demo/before"
    assert checkpoint_catalog.find("other/good").lab.name == "other"
    with pytest.raises(UsageError, match="more than one checkpoint good") as unclear:
        checkpoint_catalog.find("good")
    assert unclear.value.hint == "name one of: demo/good, other/good"
    with pytest.raises(UsageError, match="there is no checkpoint bad of lab demo") as absent:
        checkpoint_catalog.find("demo/bad")
    assert absent.value.hint == "checkpoints: demo/before, demo/good, other/good"


def test_kept_checkpoints_are_found_and_an_existing_lab_of_that_name_comes_first() -> None:
    first = _with("demo", "good")
    _down(first, keep=True)
    found = checkpoint_catalog.find("demo/good")
    assert (found.lab, found.kept) == (first, True)
    assert checkpoint_catalog.find("good") == found
    second = _with("demo", "good")
    assert checkpoint_catalog.find("demo/good").lab == second
    assert checkpoint_catalog.find(found.reference).lab == first
    assert found.reference == f"demo-{first.id}/good"


def test_without_keep_nothing_stays() -> None:
    lab = _with("demo", "good")
    checkpoint_catalog.mark(lab, keep=True)  # by a `down` that was killed
    _down(lab, keep=False)
    assert list(checkpoint_store.everywhere().iterdir()) == []
    assert checkpoint_catalog.everything() == []


def test_the_last_kept_checkpoint_takes_the_description_of_its_lab_with_it() -> None:
    lab = _with("demo", "one", "two")
    _down(lab, keep=True)
    checkpoint_catalog.delete(lab, "one")
    assert checkpoint_catalog.kept_labs() == [lab]
    checkpoint_catalog.delete(lab, "two")
    assert list(checkpoint_store.everywhere().iterdir()) == []


def test_a_lab_without_checkpoints_keeps_none() -> None:
    lab = made()
    assert checkpoint_catalog.mark(lab, keep=True) == []
    assert not checkpoint_store.everywhere().exists()


def _resources(lab: Lab | None = None) -> list[Resource]:
    return [it for it in list_resources(lab) if it.kind == "checkpoints"]


def test_gc_lists_kept_checkpoints_with_their_size_and_calls_others_orphaned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept, lost, living = _with("kept", "x"), _with("lost", "x"), _with("living", "x")
    _down(kept, keep=True)
    shutil.rmtree(lost.directory)
    checkpoint_catalog.mark(living, keep=True)  # by a `down` that was killed
    found = {it.lab: it for it in _resources()}
    assert found[owner(kept)].owner.startswith(f"kept, of lab kept at {kept.directory}, 0.0 MiB")
    assert (found[owner(kept)].orphaned, found[owner(lost)].orphaned) == (False, True)
    assert (found[owner(kept)].size or 0) >= 9000
    listing = Listing(tuple(found.values()), ())
    monkeypatch.setattr(gc, "of_host", lambda _: listing)
    assert {it.lab for it in gc.find().resources} == {owner(kept), owner(lost)}
    assert [it.lab for it, _ in gc.remove(listing.resources)] == [owner(lost)]
    assert [it.name for it in checkpoint_catalog.kept_labs()] == ["kept"]
    assert len(_resources()) == 2


def test_kept_checkpoints_of_an_older_versions_lab_stay_its_own() -> None:
    older = replace(made("single", "demo"), identity="")
    (older.directory / "lab.json").write_text(json.dumps(store.as_json(older)))
    place = checkpoint_store.prepared(older) / "x"
    place.mkdir()
    (place / "checkpoint.json").write_text(EMPTY.model_dump_json())
    _down(older, keep=True)
    ownership.claim(made("single", "demo"))
    [kept] = checkpoint_catalog.kept_labs()
    assert checkpoint_store.directory(kept) == place.parent


def test_gc_removes_nothing_that_down_keeps_after_it_was_listed() -> None:
    lab = _with("demo", "x")
    [listed] = _resources(lab)
    _down(lab, keep=True)
    [(_, why)] = gc.remove([listed])
    assert why == "they were kept a moment ago"
    assert checkpoint_catalog.kept_labs() == [lab]


def test_checkpoints_are_left_for_down_unless_they_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lab = _with("demo", "x")
    own = _resources(lab)
    assert [it.name for it in own] == [str(checkpoint_store.directory(lab))]
    machines = type("Machines", (), {"list_resources": lambda _, lab: _resources(lab)})()
    monkeypatch.setattr(host_resources, "_runtime", lambda _: [])
    assert host_resources.of_lab(lab, machines) == own
    checkpoint_catalog.mark(lab, keep=True)
    assert host_resources.of_lab(lab, machines) == []


def test_checkpoints_of_an_older_version_move_to_their_place_with_an_interrupted_restore() -> None:
    lab = _with("demo", "x")
    older = disks.of_lab(lab) / ".checkpoints"
    older.parent.mkdir(parents=True)
    checkpoint_store.directory(lab).rename(older)
    (older / ".restoring").write_text("")
    # a list does not have the lab's lock
    assert list(checkpoint_store.checkpoints(lab)) == ["x"]
    assert sum(checkpoint_store.sizes(lab, "x").values()) > 0
    assert checkpoint_catalog.find("demo/x").directory == older / "x"
    assert older.exists()
    checkpoint_store.settle(lab)
    assert not older.exists()
    assert checkpoint_catalog.find("demo/x").directory == checkpoint_store.directory(lab) / "x"
    assert (disks.of_lab(lab) / ".restoring").exists()
