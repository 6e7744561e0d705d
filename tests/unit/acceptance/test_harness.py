"""What the suite could not do is one sentence, printed once, and never a failure of the cluster."""

from pathlib import Path

import pytest

from acceptance.framework.errors import HARNESS
from labgen.operations import verdict as verdicts
from labgen.operations.verdict import Outcome
from tests.unit.acceptance.tiny import run_suite

SENTENCE = "no fault was injected, because requests to a Service fail"
SUITE = f"""
from acceptance.framework.errors import HarnessError
from labgen.errors import HostUnfit, LabgenError

@pytest.fixture(scope="session")
def healthy():
    raise HarnessError("{SENTENCE}")

@pytest.mark.parametrize("number", range(6))
def test_fault(healthy, number):
    pass

def test_good():
    pass
"""
HOST = """
from labgen.errors import HostUnfit

def test_route():
    raise HostUnfit("there is no program ip on PATH", hint="apt-get install iproute2")
"""
PLUGINS = ("exclusive", "harness", "verdict")
each_way = pytest.mark.parametrize("distribution", [[], ["-n2"]], ids=["alone", "xdist"])


@each_way
def test_sentence_of_many_tests_is_printed_once_without_a_traceback(
    tmp_path: Path, distribution: list[str]
) -> None:
    done = run_suite(tmp_path, SUITE, "-ra", *distribution, plugins=PLUGINS)
    assert done.exit_code == HARNESS, done.stdout
    assert done.stdout.count(SENTENCE) == 1, done.stdout
    assert "and 2 more tests" in done.stdout
    assert "Traceback" not in done.stdout
    assert "Error" not in done.stdout
    assert "1 passed, 6 errors" in done.stdout


def test_traceback_is_shown_with_vv(tmp_path: Path) -> None:
    done = run_suite(tmp_path, SUITE, "-vv", plugins=PLUGINS)
    assert "HarnessError" in done.stdout


@each_way
def test_what_this_host_lacks_is_no_failure_of_the_cluster(
    tmp_path: Path, distribution: list[str]
) -> None:
    path = tmp_path / "verdict.json"
    junit = tmp_path / "junit.xml"
    words = [f"--verdict={path}", f"--junitxml={junit}", *distribution]
    done = run_suite(tmp_path, HOST, *words, plugins=PLUGINS)
    assert done.exit_code == HARNESS, done.stdout
    assert "there is no program ip on PATH\n  apt-get install iproute2\n" in done.stdout
    verdict = verdicts.read(path)
    assert verdict is not None
    assert (verdict.outcome, verdict.reason) == (Outcome.UNKNOWN, "there is no program ip on PATH")
    assert "<error" in junit.read_text()
    assert "<failure" not in junit.read_text()
