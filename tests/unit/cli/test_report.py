"""labgen report on the command line."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from labgen.recordings import recording
from tests.unit.cli.calling import labgen
from tests.unit.report.samples import partition, stability

ROOT = Path(__file__).parents[3]


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    directory = tmp_path / "recordings"
    recording.write(partition(), directory / "partition.json")
    recording.write(stability(), directory / "load.json")
    return directory


def test_html_writes_a_page_and_prints_where(recordings: Path, tmp_path: Path) -> None:
    said = labgen("report", "html", str(recordings))
    assert (said.exit_code, said.out) == (0, f"{recordings / 'report.html'}\n")
    elsewhere = tmp_path / "page.html"
    assert labgen("report", "html", str(recordings), "-o", str(elsewhere)).exit_code == 0
    assert elsewhere.read_text() == (recordings / "report.html").read_text()


def test_text_prints_all_timelines_in_order(recordings: Path) -> None:
    said = labgen("report", "text", str(recordings))
    assert said.exit_code == 0
    assert said.out.index("partition on master1") < said.out.index("cpu-load on master1")
    assert re.search(r"VIP +master1 -> master1, master2", said.out)


def test_compare_ends_well_whatever_the_figures_are(recordings: Path, tmp_path: Path) -> None:
    worse = replace(stability(), figures=tuple(replace(f, value=9) for f in stability().figures))
    recording.write(worse, tmp_path / "worse.json")
    said = labgen("report", "compare", str(recordings), str(tmp_path / "worse.json"))
    assert said.exit_code == 0
    assert "B exceeded its limit of 0 moves" in said.out
    assert "only in A: partition on master1" in said.out


def test_compare_prints_json_for_machines(recordings: Path) -> None:
    said = labgen("report", "compare", str(recordings), str(recordings), "-o", "json")
    read = json.loads(said.out)
    assert [fault["fault"] for fault in read["faults"]] == ["partition", "cpu-load"]
    assert {row["difference"] for fault in read["faults"] for row in fault["rows"]} == {0}


@pytest.mark.parametrize("words", [["html"], ["text"], ["compare", "."]], ids=lambda it: it[0])
def test_a_place_without_recordings_is_a_wrong_call(words: list[str], tmp_path: Path) -> None:
    said = labgen("report", *words, str(tmp_path / "gone"))
    assert said.exit_code == 2
    assert "--record DIR" in said.err


def test_chart_prints_one_recording_as_svg(recordings: Path) -> None:
    path = str(recordings / "partition.json")
    said = labgen("report", "chart", path)
    assert said.exit_code == 0
    assert said.out.startswith("<svg xmlns=")
    assert "partition on master1" in said.out
    assert labgen("report", "chart", path, "--begin", "19").out != said.out


def test_chart_of_a_time_that_was_not_recorded_is_a_usage_error(recordings: Path) -> None:
    said = labgen("report", "chart", str(recordings / "partition.json"), "--begin", "90")
    assert said.exit_code == 2
    assert "the recording lasts from -2 s to 32 s" in said.err


def test_figures_are_a_table_that_fits_a_terminal_of_80_columns() -> None:
    """A pseudo-terminal: the widest table of a recording wraps within it, and nothing is cut."""
    recording = ROOT / "docs" / "failover.json"
    command = f"stty cols 80; {sys.executable} -m labgen report text {recording}"
    shown = subprocess.run(
        ["script", "--quiet", "--return", "--command", command, "/dev/null"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    table = plain[plain.index("FIGURE") :].splitlines()
    assert max(map(len, table)) <= 80
    assert any("longest gap" in line for line in table)
    assert "..." not in "".join(table)
    assert "…" not in "".join(table)
