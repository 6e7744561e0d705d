"""Figures that tests record: the end of the output, and properties in the JUnit report."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

from acceptance.framework.plugins.summary import lines
from labgen.system.process import run

ROOT = Path(__file__).parents[3]
SUITE = """
def test_failover(record_property):
    record_property("longest gap", "0.37 s (budget 0.6 s)")
    record_property("failed probes", 8)
    assert False

def test_calm(record_property):
    record_property("moves of the VIP", 0)
"""
FIGURES: dict[str, object] = {
    "cut: longest gap, fresh": "0.27 s (aim 0.608, budget 3)",
    "cut: longest gap, kept": "0.57 s",
    "cut: until all is healed": "23.29 s (budget 75)",
    "gap": "0.5 s",
    "reboot: longest gap, fresh": "0.10 s",
}


def test_figures_are_shown_and_are_properties_of_their_test(tmp_path: Path) -> None:
    (tmp_path / "test_figures.py").write_text(SUITE)
    junit = tmp_path / "junit.xml"
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "pyproject.toml"]
    argv += ["-p", "acceptance.framework.plugins.summary", str(tmp_path), f"--junitxml={junit}"]
    out = run(argv, timeout=60, check=False, cwd=ROOT).stdout
    assert "= figures =" in out
    assert "longest gap       0.37 s (budget 0.6 s)" in out
    found = {
        str(case.get("name")): {it.get("name"): it.get("value") for it in case.iter("property")}
        for case in ET.parse(junit).iter("testcase")  # noqa: S314 - made here
    }
    assert found == {
        "test_failover": {"longest gap": "0.37 s (budget 0.6 s)", "failed probes": "8"},
        "test_calm": {"moves of the VIP": "0"},
    }


def test_figures_of_a_fault_stand_together() -> None:
    assert list(lines(FIGURES)) == [
        "cut",
        "  longest gap          fresh 0.27 s, kept 0.57 s",
        "  until all is healed  23.29 s (budget 75)",
        "gap                  0.5 s",
        "reboot",
        "  longest gap          fresh 0.10 s",
    ]


def test_no_figures_are_no_lines() -> None:
    assert list(lines({})) == []
