"""Notes that identify the owners of resources on this host."""

import json
import shutil
from pathlib import Path

import pytest

from labgen.lab.ownership import Owner, claim, instead, lab_exists, label, labelled, owners
from labgen.system import host, paths
from tests.unit.lab.samples import made


def test_a_lab_that_claimed_is_found_by_its_id_also_when_it_is_gone() -> None:
    sample = made()
    claim(sample, uri="qemu:///system")
    [owner] = owners()
    assert owner == Owner(sample.directory, "container", sample.network_namespace, "qemu:///system")
    assert owner.id == sample.id
    assert lab_exists(owner.directory)
    shutil.rmtree(sample.directory)
    assert owners() == [owner]
    assert not lab_exists(owner.directory)


def test_a_lab_where_nobody_may_look_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    assert not lab_exists(tmp_path / "gone")
    monkeypatch.setattr(Path, "stat", refuse)
    assert lab_exists(tmp_path / "gone")


def test_a_label_names_the_directory_wherever_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / """it's <odd> & "far" #{x}"""))
    odd = made()
    assert not set("'<>&\"#{} ") & set(label(odd))
    assert labelled(f'[{{"ifalias": "{label(odd)}"}}]') == odd.directory
    assert labelled("labgen.directory=0123abcd:/of/another/host") is None


def test_a_note_of_another_host_names_no_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only that host can tell whether its lab lives."""
    claim(made())
    monkeypatch.setattr(host, "identity", lambda: "another")
    assert owners() == []


def test_a_note_without_a_host_is_of_this_one() -> None:
    """Versions before labels of interfaces wrote none."""
    sample = made()
    claim(sample)
    note = sample.sockets / "owner.json"
    fields = json.loads(note.read_text())
    del fields["host"]
    note.write_text(json.dumps(fields))
    assert [owner.id for owner in owners()] == [sample.id]


def test_a_note_that_cannot_be_read_tells_nothing() -> None:
    sample = made()
    claim(sample)
    (paths.runtime() / "00000000").mkdir()
    for text in ("{", "[]", "{}", '{"directory": "/x", "other": 1}'):
        (paths.runtime() / "00000000/owner.json").write_text(text)
        assert [owner.id for owner in owners()] == [sample.id]


def test_a_name_that_a_dead_lab_still_has_can_be_freed_and_a_living_ones_cannot() -> None:
    sample = made()
    assert instead("demo", sample.directory) == instead("demo", None)
    assert instead("demo", sample.directory).endswith("--name OTHER")
    shutil.rmtree(sample.directory)
    assert instead("demo", sample.directory).endswith("labgen gc demo --remove")
