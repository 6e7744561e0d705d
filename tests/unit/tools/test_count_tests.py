"""The last line of .ci/run, from the reports of both halves of the tests."""

import sys
from pathlib import Path

import pytest

from labgen.system.process import Completed, run
from tools.count_tests import REPORTS

ROOT = Path(__file__).parents[3]
PASSED = '<testcase classname="it" name="works"/>'
FAILED = '<testcase classname="it" name="breaks"><failure>E   no answer</failure></testcase>'
SKIPPED = '<testcase classname="it" name="rests"><skipped/></testcase>'


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Return a directory in which every report has one test, which passed."""
    for name in REPORTS:
        report(tmp_path, name, PASSED)
    return tmp_path


def test_the_last_line_counts_the_tests_of_all_reports(results: Path) -> None:
    report(results, "e2e-ha", PASSED, SKIPPED)
    done = count(results)
    assert done.ok
    assert done.stdout.splitlines()[-1] == f"{len(REPORTS)} passed, 0 failed, 1 skipped"


def test_a_failure_is_named_with_its_reason(results: Path) -> None:
    report(results, "acceptance-rest", FAILED)
    done = count(results)
    assert done.exit_code == 1
    assert done.stdout == f"failed: it breaks\n  no answer\n{len(REPORTS) - 1} passed, 1 failed\n"


def test_a_missing_report_fails_and_does_not_hide_the_others(results: Path) -> None:
    (results / "acceptance-quick.xml").unlink()
    done = count(results)
    assert done.exit_code == 1
    assert "acceptance-quick.xml" in done.stderr
    assert done.stdout == f"{len(REPORTS) - 1} passed, 0 failed\n"


def report(directory: Path, name: str, *cases: str) -> None:
    (directory / f"{name}.xml").write_text(f"<testsuite>{''.join(cases)}</testsuite>")


def count(directory: Path) -> Completed:
    words: list[str | Path] = [sys.executable, ROOT / "tools/count_tests.py", directory]
    return run(words, timeout=30, check=False)
