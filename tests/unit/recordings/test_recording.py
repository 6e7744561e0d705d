from pathlib import Path

import pytest

from labgen.errors import UsageError
from labgen.recordings import recording
from labgen.recordings.recording import (
    HEALING,
    INJECTED,
    Band,
    Client,
    Figure,
    Moment,
    Recording,
    Sample,
)

SEEN = Recording(
    fault="power-cut",
    target="master1",
    lab="ha-3x3",
    scenario="ha-3x3",
    profile="fast",
    injected_at="2026-11-24T20:00:00+00:00",
    started=-2.0,
    ended=15.0,
    clients={
        "new connection": (
            Client("host", (Sample(-1.0, -0.9, None), Sample(0.1, 2.1, "timeout"))),
        ),
        "service": (
            Client("node1", (Sample(0.0, 0.2, None),)),
            Client("node2", (Sample(0.1, 0.3, "reset"),)),
        ),
    },
    bands=(Band("VIP", "master1", -2.0, 0.0), Band("VIP", "master2", 0.4, 15.0)),
    moments=(Moment(INJECTED, 0.0, "power of master1 cut"), Moment(HEALING, 9.0, "healing")),
    figures=(
        Figure("longest gap", "watch", 0.4, "s", 0.3, 0.6),
        Figure("failed", "watch", 5, "requests"),
    ),
    environment={"Kubernetes": "v1.37.2"},
)


def test_a_recording_is_read_as_it_was_written(tmp_path: Path) -> None:
    recording.write(SEEN, tmp_path / "deep" / "cut.json")
    assert recording.read(tmp_path / "deep" / "cut.json") == SEEN


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2, "fault": 3}'])
def test_another_file_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"other\.json is not a labgen recording"):
        recording.read(path)


@pytest.mark.parametrize(
    ("value", "limit", "within"), [(1, None, True), (1, 1, True), (2, 1, False)]
)
def test_a_figure_is_within_its_limit_or_exceeds_it(
    value: float, limit: float | None, within: bool
) -> None:
    assert Figure("gap", "", value, "s", limit=limit).within_limit is within


def test_a_recording_of_another_version_is_refused_with_how_to_get_a_new_one(
    tmp_path: Path,
) -> None:
    path = tmp_path / "old.json"
    path.write_text('{"format": 1, "fault": "power-cut", "samples": {"fresh": []}}')
    with pytest.raises(UsageError) as raised:
        recording.read(path)
    assert str(raised.value).startswith(
        f"{path} is a recording of format 1, written by another version of labgen; this version "
        "reads format 2"
    )
    assert "labgen verify NAME --tier ha --disruptive --record DIR" in str(raised.value.hint)


def test_figures_and_moments_are_found_by_their_names() -> None:
    assert SEEN.figure("failed", "watch").value == 5
    assert (SEEN.at(INJECTED), SEEN.at("gone"), SEEN.healing) == (0.0, None, 9.0)
    with pytest.raises(KeyError):
        SEEN.figure("failed", "write")
