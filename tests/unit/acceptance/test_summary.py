"""Figures that tests record: the end of the output, and properties in the JUnit report."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from acceptance.framework.plugins.summary import lines
from labgen.recordings.recording import Figure
from labgen.system.process import run

ROOT = Path(__file__).parents[3]
SUITE = """
def test_failover(record_property):
    record_property("longest gap", "0.37 s (limit 0.6 s)")
    record_property("failed probes", 8)
    assert False

def test_calm(record_property):
    record_property("moves of the VIP", 0)
"""
EXPERIMENT = """
import pytest
from acceptance.framework.experiment.stash import FIGURES

def test_cut(request, record_property):
    figure = {"metric": "longest gap", "client": "watch", "value": 0.4, "unit": "s",
              "expected": 0.3, "limit": 3.0}
    request.node.stash[FIGURES] = {"cut": [figure]}
    record_property("cut: longest gap, watch", "0.40 s (expected 0.3, limit 3)")
"""
CUT = (
    Figure("longest gap", "new connection", 0.27, "s", 0.608, 3),
    Figure("longest gap", "watch", 0.57, "s"),
    Figure("until steady state is restored", "", 23.29, "s", limit=75),
)


def test_figures_are_shown_and_are_properties_of_their_test(tmp_path: Path) -> None:
    (tmp_path / "test_figures.py").write_text(SUITE)
    junit = tmp_path / "junit.xml"
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "pyproject.toml"]
    argv += ["-p", "acceptance.framework.plugins.summary", str(tmp_path), f"--junitxml={junit}"]
    out = run(argv, timeout=60, check=False, cwd=ROOT).stdout
    assert "= figures =" in out
    assert "longest gap       0.37 s (limit 0.6 s)" in out
    found = {
        str(case.get("name")): {it.get("name"): it.get("value") for it in case.iter("property")}
        for case in ET.parse(junit).iter("testcase")  # noqa: S314 - made here
    }
    assert found == {
        "test_failover": {"longest gap": "0.37 s (limit 0.6 s)", "failed probes": "8"},
        "test_calm": {"moves of the VIP": "0"},
    }


@pytest.mark.parametrize("words", [(), ("-n", "1")], ids=["alone", "xdist"])
def test_figures_of_an_experiment_are_a_table(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "test_cut.py").write_text(EXPERIMENT)
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "pyproject.toml"]
    argv += ["-p", "acceptance.framework.plugins.summary", str(tmp_path), *words]
    out = run(argv, timeout=60, check=False, cwd=ROOT).stdout
    shown = out[out.index("= figures =") :].splitlines()[1:4]
    assert shown == ["cut", "                watch", "  longest gap  0.40 s"]
    assert "cut: longest gap" not in out


def test_figures_of_an_experiment_are_below_its_name() -> None:
    assert list(lines({"gap": "0.5 s"}, {"cut": CUT})) == [
        "gap  0.5 s",
        "cut",
        "                                  new connection   watch",
        "  longest gap                             0.27 s  0.57 s",
        "  until steady state is restored  23.29 s (limit 75)",
    ]


def test_no_figures_are_no_lines() -> None:
    assert list(lines({}, {})) == []
