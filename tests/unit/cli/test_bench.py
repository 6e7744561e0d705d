"""`labgen bench failover` with a tiny suite that records what it is told."""

from pathlib import Path

import pytest

from labgen.build import bench
from labgen.report import recording
from labgen.report.recording import Figure, Recording
from labgen.system import data
from tests.unit.cli.calling import labgen
from tests.unit.lab.samples import made

CONFTEST = """
def pytest_addoption(parser):
    for option in ("--lab", "--tier", "--record"):
        parser.addoption(option)
"""
SUITE = """
import os
from pathlib import Path
from labgen.report import recording
from labgen.report.recording import Figure, Recording

def test_cut(pytestconfig):
    if "NOTHING" in os.environ:
        raise RuntimeError("no lab")
    directory = Path(pytestconfig.getoption("record"))
    number = int(directory.name.removeprefix("run-"))
    figures = (Figure("longest gap, fresh", 0.1 * number, "s", 3.0, 0.6),
               Figure("failed, fresh", 5 * number, "probes"))
    seen = Recording("power-cut", "master1", "demo", "ha-3x3", "fast", "", -2, 9, {}, (), (),
                     figures, {})
    recording.write(seen, directory / "power-cut-holder.json")
    assert number != 2, "over its budget"
"""


@pytest.fixture(autouse=True)
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "_data" / "acceptance"
    directory.mkdir(parents=True)
    (directory / "conftest.py").write_text(CONFTEST)
    (directory / bench.FILE).write_text(SUITE)
    monkeypatch.setattr(data, "directory", directory.with_name)
    made("single", "demo")


def test_figures_of_all_runs_are_told_by_min_median_and_max(tmp_path: Path) -> None:
    said = labgen("bench", "failover", "demo", "--runs", "3", "--record", str(tmp_path / "kept"))
    assert said.exit_code == 0, said.err
    assert [line.split() for line in said.out.splitlines()] == [
        ["figure", "min", "median", "max", "aim", "budget"],
        [
            "longest",
            "gap,",
            "fresh",
            "0.10",
            "s",
            "0.20",
            "s",
            "0.30",
            "s",
            "0.60",
            "s",
            "3.00",
            "s",
        ],
        ["failed,", "fresh", "5", "10", "15", "-", "-"],
    ]
    kept = recording.read(tmp_path / "kept/run-02/power-cut-holder.json")
    assert kept.figures[0].value == pytest.approx(0.2)
    assert "run 2 of 3: longest gap, fresh: 0.20 s" in said.err


def test_run_that_measured_nothing_ends_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTHING", "1")
    said = labgen("bench", "failover", "demo", "--runs", "3")
    assert said.exit_code == 4
    assert "a run measured nothing" in said.err
    assert "no lab" in said.err


def test_figure_that_only_some_runs_have_is_told_too() -> None:
    def seen(*figures: Figure) -> Recording:
        return Recording("", "", "", "", "", "", 0, 0, {}, (), (), figures, {})

    rows = bench.table([seen(Figure("a", 1, "s")), seen(Figure("a", 3, "s"), Figure("b", 2, "x"))])
    assert [(row.name, row.values) for row in rows] == [("a", (1, 3)), ("b", (2,))]
