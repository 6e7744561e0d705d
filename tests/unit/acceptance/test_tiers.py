"""Every test belongs to one tier, a run includes the tiers before its own, and smoke is
read-only."""

import re
import sys
from pathlib import Path

import pytest

import acceptance
from acceptance.framework.plugins.tiers import CREATING
from labgen.lab import allocation
from labgen.system.process import Completed, run
from tests.unit.acceptance.tiny import ROOT, run_suite
from tests.unit.lab.samples import made

SUITE = """
@pytest.fixture
def running():
    pass

@pytest.mark.full
def test_of_full(running):
    pass

@pytest.mark.ha
@pytest.mark.disturbs
def test_of_ha():
    pass

@pytest.mark.smoke
def test_of_smoke():
    pass
"""
PLUGINS = ("exclusive", "tiers")


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path))
    monkeypatch.setattr(allocation, "host_routes", lambda: ())
    return made("ha-3x3").name


def collected(lab: str, *words: str) -> Completed:
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--collect-only"]
    argv += ["acceptance", "--lab", lab, *words]
    return run(argv, timeout=60, check=False, cwd=ROOT)


def names(completed: Completed) -> set[str]:
    assert completed.exit_code == 0, completed.stdout + completed.stderr
    lines = [line for line in completed.stdout.splitlines() if "::" in line]
    return {line.partition("::")[2].partition("[")[0] for line in lines}


def test_every_test_of_the_suite_belongs_to_one_tier(lab: str) -> None:
    smoke, ha, full = (names(collected(lab, "--tier", it)) for it in ("smoke", "ha", "full"))
    assert smoke < ha < full
    assert full == names(collected(lab))
    assert "test_node_is_ready" in smoke
    assert "test_api_stays_reachable_when_the_vip_holder_loses_power" in ha - smoke
    assert "test_pod_reaches_pod" in full - ha


@pytest.mark.parametrize(
    ("tier", "passed", "left_out"), [("smoke", 1, 2), ("ha", 2, 1), ("full", 3, 0)]
)
def test_a_tier_holds_those_before_it(
    tmp_path: Path, tier: str, passed: int, left_out: int
) -> None:
    completed = run_suite(tmp_path, SUITE, "--tier", tier, plugins=PLUGINS)
    counts = f"{passed} passed" + (f", {left_out} deselected" if left_out else "")
    assert counts in completed.stdout.splitlines()[-1]


def test_a_run_without_a_tier_takes_all(tmp_path: Path) -> None:
    assert "3 passed" in run_suite(tmp_path, SUITE, plugins=PLUGINS).stdout


@pytest.mark.parametrize(
    ("marks", "arguments", "said"),
    [
        ([], "", "belongs to no tier; one of smoke, ha, full is right"),
        (["ha", "full"], "", "belongs to full and ha; one of smoke, ha, full is right"),
        (["smoke", "disturbs"], "", "is disruptive, but smoke is read-only"),
        (["smoke"], "running", "uses running, but smoke is read-only"),
    ],
)
def test_a_test_of_the_wrong_tier_ends_the_run(
    tmp_path: Path, marks: list[str], arguments: str, said: str
) -> None:
    lines = [f"@pytest.mark.{mark}" for mark in marks]
    wrong = "\n".join([*lines, f"def test_wrong({arguments}):", "    pass", ""])
    completed = run_suite(tmp_path, SUITE + "\n" + wrong, plugins=PLUGINS)
    assert completed.exit_code == pytest.ExitCode.USAGE_ERROR
    assert f"test_suite.py::test_wrong: {said}" in completed.stderr


def test_the_fixtures_that_no_read_only_test_may_use_exist() -> None:
    suite = Path(acceptance.__file__).parent
    text = "\n".join(path.read_text() for path in suite.rglob("*.py"))
    fixtures = set(re.findall(r"^@pytest\.fixture[^\n]*\ndef (\w+)\(", text, re.MULTILINE))
    assert fixtures >= CREATING
