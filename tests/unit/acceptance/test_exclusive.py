"""Disruptive tests run alone and last, with pytest as users call it, in a separate process."""

import sys
from pathlib import Path

import pytest

from labgen.system.process import Completed, run

PLUGINS = (
    "-p",
    "acceptance.framework.plugins.exclusive",
    "-p",
    "acceptance.framework.plugins.summary",
)
SUITE = """
import os, time, pytest
from pathlib import Path

LOG = Path(__file__).with_name("log")

def note(word):
    with LOG.open("a") as file:
        file.write(f"{time.monotonic()} {word}\\n")

@pytest.mark.disturbs
@pytest.mark.parametrize("number", range(3))
def test_cut(number, record_property):
    note("cut-begin")
    record_property("gap", "0.5 s")
    time.sleep(0.2)
    note("cut-end")

@pytest.mark.parametrize("number", range(6))
def test_look(number):
    note("look-begin")
    time.sleep(0.1 * number)
    note("look-end")
    assert not (number == 1 and "FAIL" in os.environ)
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def pytest_in(suite: Path, *words: str, env: dict[str, str] | None = None) -> Completed:
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *PLUGINS, *words, str(suite)]
    return run(argv, timeout=30, check=False, cwd=Path(__file__).parents[3], env=env)


def order(suite: Path) -> list[str]:
    """Return the notes of the tests, in the order of time."""
    lines = (suite / "log").read_text().splitlines()
    return [line.split()[1] for line in sorted(lines, key=lambda line: float(line.split()[0]))]


@pytest.mark.parametrize("distribution", [[], ["-n2"], ["-n2", "--dist=worksteal"]])
def test_disturbing_tests_run_alone_and_last(suite: Path, distribution: list[str]) -> None:
    completed = pytest_in(suite, *distribution)
    assert completed.exit_code == 0, completed.stdout + completed.stderr
    noted = order(suite)
    assert [word.split("-")[0] for word in noted] == ["look"] * 12 + ["cut"] * 6
    assert noted[12:] == ["cut-begin", "cut-end"] * 3


@pytest.mark.parametrize("distribution", [[], ["-n2"]])
def test_nothing_is_disturbed_when_the_run_was_cut_short(
    suite: Path, distribution: list[str]
) -> None:
    completed = pytest_in(suite, "-x", *distribution, env={"FAIL": "1"})
    assert completed.exit_code != 0
    assert "cut-begin" not in order(suite)


def test_every_worker_disturbing_at_once_is_a_usage_error(suite: Path) -> None:
    completed = pytest_in(suite, "-n2", "--dist=each")
    assert completed.exit_code == pytest.ExitCode.USAGE_ERROR
    assert "--dist each" in completed.stderr


def test_figures_stand_at_the_end_of_the_run(suite: Path) -> None:
    completed = pytest_in(suite, "-n2")
    assert "gap  0.5 s" in completed.stdout
