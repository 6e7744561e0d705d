from pathlib import Path

import pytest

from labgen.errors import UsageError
from labgen.recordings import recording
from labgen.recordings.recording import Band, Event, Figure, Recording, Sample

SEEN = Recording(
    fault="power-cut",
    target="master1",
    lab="ha-3x3",
    scenario="ha-3x3",
    profile="fast",
    moment="2026-11-24T20:00:00+00:00",
    started=-2.0,
    ended=15.0,
    samples={"fresh": (Sample(-1.0, -0.9, None), Sample(0.1, 2.1, "timeout"))},
    bands=(Band("VIP", "master1", -2.0, 0.0), Band("VIP", "master2", 0.4, 15.0)),
    events=(Event(0.0, "power of master1 cut"),),
    figures=(Figure("longest gap", 0.4, "s", 0.6), Figure("failed probes", 5, "probes")),
    environment={"Kubernetes": "v1.37.2"},
)


def test_a_recording_is_read_as_it_was_written(tmp_path: Path) -> None:
    recording.write(SEEN, tmp_path / "deep" / "cut.json")
    assert recording.read(tmp_path / "deep" / "cut.json") == SEEN


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 99}', '{"format": 1, "fault": 3}'])
def test_another_file_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"other\.json is no recording"):
        recording.read(path)


@pytest.mark.parametrize(
    ("value", "budget", "kept"), [(1, None, True), (1, 1, True), (2, 1, False)]
)
def test_a_figure_keeps_its_budget(value: float, budget: float | None, kept: bool) -> None:
    assert Figure("gap", value, "s", budget).kept is kept
