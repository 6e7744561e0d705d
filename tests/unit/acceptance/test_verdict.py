"""A cluster that failed and a suite that could not run end differently."""

from pathlib import Path

import pytest

from acceptance.framework.errors import HARNESS, NOTHING
from acceptance.framework.plugins.verdict import LINE, SKIPPED
from tests.unit.acceptance.tiny import run_suite

GOOD = """
def test_good():
    pass
"""
BROKEN = """
@pytest.fixture
def healed():
    raise RuntimeError("the lab is not healed")

def test_fault(healed):
    pass
"""
FAILS = """
def test_fails():
    assert False
"""
SKIPS = """
def test_skipped():
    pytest.skip("not known")
"""
PLUGINS = ("exclusive", "verdict")
each_way = pytest.mark.parametrize("distribution", [[], ["-n2"]], ids=["alone", "xdist"])


@each_way
def test_errors_alone_are_the_harness_and_the_last_line_says_so(
    tmp_path: Path, distribution: list[str]
) -> None:
    completed = run_suite(tmp_path, GOOD + BROKEN, *distribution, plugins=PLUGINS)
    assert completed.exit_code == HARNESS, completed.stdout
    assert completed.stdout.splitlines()[-1] == LINE
    assert "the lab is not healed" in completed.stdout


@each_way
def test_a_failure_beside_errors_is_the_cluster(tmp_path: Path, distribution: list[str]) -> None:
    completed = run_suite(tmp_path, FAILS + BROKEN, *distribution, plugins=PLUGINS)
    assert completed.exit_code == pytest.ExitCode.TESTS_FAILED
    assert LINE not in completed.stdout


def test_a_good_run_is_good(tmp_path: Path) -> None:
    completed = run_suite(tmp_path, GOOD, plugins=PLUGINS)
    assert completed.exit_code == 0
    assert LINE not in completed.stdout


@each_way
def test_where_all_were_skipped_nothing_is_known(tmp_path: Path, distribution: list[str]) -> None:
    completed = run_suite(tmp_path, SKIPS, *distribution, plugins=PLUGINS)
    assert completed.exit_code == NOTHING, completed.stdout
    assert completed.stdout.splitlines()[-1] == SKIPPED


def test_one_good_test_beside_skipped_ones_is_good(tmp_path: Path) -> None:
    assert run_suite(tmp_path, GOOD + SKIPS, plugins=PLUGINS).exit_code == 0
