"""`labgen bench` with a small suite that records its arguments."""

import json
from pathlib import Path

import pytest

from labgen.console import Console
from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.operations import bench, compare
from labgen.recordings import recording
from labgen.recordings.recording import Figure, Recording
from labgen.scenario.model import Scenario
from labgen.system import data
from tests.unit.cli.calling import labgen
from tests.unit.lab.samples import made

CONFTEST = """
pytest_plugins = ["acceptance.framework.plugins.verdict"]

def pytest_addoption(parser):
    for option in ("--lab", "--tier", "--record"):
        parser.addoption(option)
"""
SUITE = """
import os
from pathlib import Path
from labgen.recordings import recording
from labgen.recordings.recording import Figure, Recording

def test_cut(pytestconfig):
    if "NOTHING" in os.environ:
        raise RuntimeError("no lab")
    directory = Path(pytestconfig.getoption("record"))
    number = int(directory.name.removeprefix("run-"))
    figures = (Figure("longest gap", "watch", 0.1 * number, "s", 0.6, 3.0),
               Figure("failed", "watch", 5 * number, "requests"))
    seen = Recording("power-cut", "master1", "demo", "ha-3x3", "fast", "", -2, 9, {}, (), (),
                     figures, {})
    recording.write(seen, directory / "power-cut-holder.json")
    assert number != 2, "over its limit"
"""


@pytest.fixture(autouse=True)
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "_data" / "acceptance"
    directory.mkdir(parents=True)
    (directory / "conftest.py").write_text(CONFTEST)
    (directory / bench.FAILOVER.file).write_text(SUITE)
    monkeypatch.setattr(data, "directory", directory.with_name)
    made("single", "demo")


def test_figures_of_all_runs_are_told_by_min_median_and_max(tmp_path: Path) -> None:
    said = labgen("bench", "failover", "demo", "--runs", "3", "--record", str(tmp_path / "kept"))
    assert said.exit_code == 0, said.err
    assert [line.split() for line in said.out.splitlines()] == [
        ["FIGURE", "MIN", "MEDIAN", "MAX", "EXPECTED", "LIMIT"],
        [
            "longest",
            "gap,",
            "watch",
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
        ["failed,", "watch", "5", "10", "15", "-", "-"],
    ]
    kept = recording.read(tmp_path / "kept/run-02/power-cut-holder.json")
    assert kept.figures[0].value == pytest.approx(0.2)
    assert "run 2 of 3: longest gap, watch: 0.20 s" in said.err


def test_run_that_measured_nothing_ends_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTHING", "1")
    said = labgen("bench", "failover", "demo", "--runs", "3")
    assert said.exit_code == 4
    assert "a run measured nothing" in said.err
    assert "no lab" in said.err


def test_figure_that_only_some_runs_have_is_told_too() -> None:
    def seen(*figures: Figure) -> Recording:
        return Recording("", "", "", "", "", "", 0, 0, {}, (), (), figures, {})

    rows = bench.table(
        [seen(Figure("a", "", 1, "s")), seen(Figure("a", "", 3, "s"), Figure("a", "b", 2, "x"))]
    )
    assert [(row.client, row.values) for row in rows] == [("", (1, 3)), ("b", (2,))]


def test_two_labs_stand_side_by_side_with_their_settings(tmp_path: Path) -> None:
    made("ha-3x0", "other")
    said = labgen("bench", "compare", "demo", "other", "--record", str(tmp_path))
    assert said.exit_code == 0, said.err
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert lines[:2] == ["A: demo", "B: other"]
    assert "machines[0].count differs: 1 (A), 3 (B)" in lines
    gap = "longest gap, watch 0.20 (0.10 to 0.30) s 0.20 (0.10 to 0.30) s 0 s 1.00"
    assert gap in lines
    assert lines[-2:] == [f"failed on {side} in 1 of 3 runs: test_cut" for side in "AB"]
    assert (tmp_path / "b/run-03/power-cut-holder.json").exists()


def test_machines_read_a_comparison_as_json() -> None:
    said = labgen("bench", "compare", "demo", "demo", "--runs", "2", "-o", "json")
    found = json.loads(said.out)
    assert found["failed"] == {"a": {"test_cut": 1}, "b": {"test_cut": 1}}
    (fault,) = found["faults"]
    held = next(row for row in fault["rows"] if row["metric"] == "failed tests of the suite")
    assert (held["a"]["median"], held["a"]["exceeded"]) == (0.5, 1)


def test_a_scenario_is_brought_up_measured_and_taken_down(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def up(scenario: Scenario, name: str, _: Console) -> Lab:
        seen.append(f"up {name} {scenario.load_balancer.timings.fall}")
        return store.make(scenario, name, "container")

    monkeypatch.setattr(compare, "bring_up", up)

    def down(name: str, _: Console) -> list[str]:
        seen.append(f"down {name}")
        return []

    monkeypatch.setattr(compare, "teardown", down)
    words = ("ha-3x3", "ha-3x3", "--runs", "1", "--name", "x", "-s", "loadBalancer.timings.fall=9")
    said = labgen("bench", "compare", *words)
    assert said.exit_code == 0, said.err
    assert seen == ["up x-a 2", "down x-a", "up x-b 9", "down x-b"]
    assert "loadBalancer.timings.fall differs: 2 (A), 9 (B)" in said.out
    assert "until the lab is up" in said.out


def test_a_lab_is_taken_down_when_nothing_could_be_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    removed: list[str] = []

    def down(name: str, _: Console) -> list[str]:
        removed.append(name)
        return []

    monkeypatch.setenv("NOTHING", "1")
    monkeypatch.setattr(
        compare, "bring_up", lambda found, name, _: store.make(found, name, "container")
    )
    monkeypatch.setattr(compare, "teardown", down)
    assert labgen("bench", "compare", "single", "single").exit_code == 4
    assert removed == ["compare-a"]


def test_a_labs_scenario_is_settled() -> None:
    said = labgen("bench", "compare", "single", "demo", "-s", "kubernetes.certificates=copy")
    assert said.exit_code == 2
    assert "demo is a lab, whose values are fixed; -s is for scenarios" in said.err
