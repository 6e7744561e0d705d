"""Notes that identify the owners of resources on this host."""

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from labgen.console import Console
from labgen.errors import LabgenError
from labgen.lab import identity, store
from labgen.lab.lab import Lab, bridge
from labgen.lab.ownership import (
    Note,
    Owner,
    claim,
    instead,
    lab_exists,
    label,
    label_directory,
    labelled,
    notes,
    owner,
    place_of,
)
from labgen.operations import power
from labgen.operations.checkpoints import remove, restore, save
from labgen.providers.base import Power
from labgen.system import host, paths
from tests.unit.lab.samples import made


def test_a_lab_that_claimed_is_found_by_its_id_also_when_it_is_gone() -> None:
    sample = made()
    claim(sample, uri="qemu:///system")
    [note] = notes()
    place = sample.network_namespace
    assert note == Note(owner(sample), "container", place, "qemu:///system")
    assert note.owner.id == sample.id
    assert lab_exists(note.owner)
    shutil.rmtree(sample.directory)
    assert notes() == [note]
    assert not lab_exists(note.owner)


def test_a_lab_where_nobody_may_look_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    assert not lab_exists(Owner.at(tmp_path / "gone"))
    monkeypatch.setattr(Path, "stat", refuse)
    assert lab_exists(Owner.at(tmp_path / "gone"))


def test_a_label_names_the_directory_wherever_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / """it's <odd> & "far" #{x}"""))
    odd = made()
    assert not set("'<>&\"#{} ") & set(label(odd))
    found = labelled(f'[{{"ifalias": "{label(odd)}"}}]')
    assert found == owner(odd)
    assert found.directory == odd.directory
    assert labelled("labgen.directory=0123abcd:/of/another/host") is None


def test_a_note_of_another_host_names_no_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only that host can tell whether its lab lives."""
    claim(made())
    monkeypatch.setattr(host, "identity", lambda: "another")
    assert notes() == []


def test_a_note_without_a_host_is_of_this_one() -> None:
    """Versions before labels of interfaces wrote none."""
    sample = made()
    claim(sample)
    note = sample.sockets / "owner.json"
    fields = json.loads(note.read_text())
    del fields["host"]
    note.write_text(json.dumps(fields))
    assert [note.owner.id for note in notes()] == [sample.id]


def test_a_note_that_cannot_be_read_tells_nothing() -> None:
    sample = made()
    claim(sample)
    (paths.runtime() / "00000000").mkdir()
    for text in ("{", "[]", "{}", '{"directory": "/x", "other": 1}'):
        (paths.runtime() / "00000000/owner.json").write_text(text)
        assert [note.owner.id for note in notes()] == [sample.id]


def test_a_name_that_a_dead_lab_still_has_can_be_freed_and_a_living_ones_cannot() -> None:
    sample = made()
    assert instead("demo", owner(sample)) == instead("demo", None)
    assert instead("demo", owner(sample)).endswith("--name OTHER")
    shutil.rmtree(sample.directory)
    assert instead("demo", owner(sample)).endswith("labgen gc demo --remove")


def test_the_id_of_a_lab_is_the_same_by_every_path_to_its_directory(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = made()
    own, place = owner(sample), sample.directory
    (tmp_path / "link").symlink_to(home)
    for spelling in (f"{tmp_path}/link", f"{home}/", f"{home}/../home"):
        monkeypatch.setenv("LABGEN_HOME", "")
        monkeypatch.setenv("XDG_STATE_HOME", f"{spelling}/x")
        (home / "x").mkdir(exist_ok=True)
        if not (home / "x/labgen").exists():
            (home / "x/labgen").symlink_to(home / "state")
        found = store.load("demo")
        assert found.directory != place
        assert (found.id, bridge("demo")) == (sample.id, f"lab{sample.id}")
        assert owner(found) == own


def test_a_lab_whose_directory_was_moved_lives_wherever_it_is_known(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = made()
    known = labelled(label(sample))
    assert known
    home.rename(tmp_path / "moved")
    assert not lab_exists(known)  # as long as nothing tells where it is
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "moved"))
    found = store.load("demo")
    assert place_of(known) == found.directory
    claim(found)
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "somebody-else"))
    assert place_of(known) == tmp_path / "moved/state/labs/demo"


def test_a_lab_made_again_at_the_same_path_does_not_own_what_the_old_one_left() -> None:
    old = owner(made())
    shutil.rmtree(old.directory)
    new = owner(made())
    assert new.directory == old.directory
    assert new != old
    assert (lab_exists(old), lab_exists(new)) == (False, True)


def test_a_copy_of_a_labs_directory_is_refused(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = made()
    claim(sample)
    original = sample.directory
    shutil.copytree(home, tmp_path / "copy")
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "copy"))
    with pytest.raises(LabgenError, match=f"is a copy of the lab at {original}"):
        claim(store.load("demo"))
    shutil.rmtree(original)
    claim(store.load("demo"))


def test_a_copy_is_refused_after_a_boot_too_and_switches_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A boot removes the runtime directory; the notes with the machines' disks stay."""
    sample = made()
    original = sample.directory
    label_directory(sample, paths.cache() / "disks" / f"demo-{sample.id}")
    shutil.copytree(home, tmp_path / "copy")
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "copy"))
    quiet = Console(quiet=True)
    acts: list[Callable[[], object]] = [
        partial(power.switch, "demo", [], Power.OFF, quiet),
        partial(power.reboot, "demo", [], quiet),
        *(partial(it, "demo", "x", quiet) for it in (save, restore, remove)),
        partial(claim, store.load("demo")),
    ]
    for act in acts:
        with pytest.raises(LabgenError, match=f"is a copy of the lab at {original}"):
            act()


def _older(lab: Lab) -> Lab:
    """Return the lab as a version without ids in lab.json created it."""
    path = lab.directory / "lab.json"
    fields = json.loads(path.read_text())
    del fields["identity"]
    path.write_text(json.dumps(fields))
    return store.load(lab.name)


def test_a_lab_of_an_older_version_keeps_its_id_and_its_names(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = _older(made())
    assert sample.id == identity.by_path(sample.directory)
    assert sample.machine_prefix == "labgen-demo-"
    old = f"labgen.directory={host.identity()}:{sample.directory}"
    assert labelled(old) == owner(sample)
    assert lab_exists(owner(sample))
    note = {"host": host.identity(), "directory": str(sample.directory), "provider": "container"}
    sample.sockets.mkdir(parents=True)
    (sample.sockets / "owner.json").write_text(json.dumps({**note, "network_namespace": 0}))
    assert notes() == [Note(owner(sample), "container", 0)]
    (tmp_path / "link").symlink_to(home)
    known = sample.id
    monkeypatch.setattr("labgen.system.paths.state", lambda: tmp_path / "link/state")
    found = store.load("demo")
    assert found.id == known != identity.by_path(found.directory)
    claim(found)
    assert store.load("demo").id == known


def test_a_damaged_lab_lives_at_the_place_of_its_label_only() -> None:
    sample, other = made(), made(name="other")
    (sample.directory / "lab.json").write_text("{")
    assert lab_exists(owner(sample))
    assert not lab_exists(Owner.at(other.directory, sample.id))
