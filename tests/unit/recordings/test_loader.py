"""Finding recordings."""

from dataclasses import replace
from pathlib import Path

import pytest

from labgen.errors import UsageError
from labgen.recordings import recording
from labgen.recordings.loader import collect
from tests.unit.report.samples import hostile


def test_a_directory_gives_its_recordings_in_the_order_they_were_made(tmp_path: Path) -> None:
    for name, moment in (("a", "2026-11-24T21:00:00+00:00"), ("b", "2026-11-24T20:00:00+00:00")):
        recording.write(replace(hostile(), injected_at=moment), tmp_path / f"{name}.json")
    (tmp_path / "report.html").write_text("made before")
    assert [named.name for named in collect(tmp_path)] == ["b", "a"]
    assert [named.name for named in collect(tmp_path / "a.json")] == ["a"]


def test_a_place_without_recordings_is_refused_with_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no recordings in(.|\n)*--record"):
        collect(tmp_path)
    with pytest.raises(UsageError, match="does not exist"):
        collect(tmp_path / "gone")


def test_a_file_that_is_no_recording_is_named(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(UsageError, match=r"other\.json is not a labgen recording"):
        collect(tmp_path)
