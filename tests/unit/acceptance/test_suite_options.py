"""The suite says clearly what it needs before it looks at anything."""

import sys
from pathlib import Path

import pytest

from labgen.system.run import Completed, run

ROOT = Path(__file__).parents[3]


def acceptance(home: Path, *words: str) -> Completed:
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "acceptance", *words]
    return run(argv, timeout=120, check=False, cwd=ROOT, env={"LABGEN_HOME": str(home)})


def test_missing_lab_is_a_usage_error_that_names_the_labs(tmp_path: Path) -> None:
    completed = acceptance(tmp_path)
    assert completed.exit_code == pytest.ExitCode.USAGE_ERROR
    assert "--lab NAME is missing; labs: none; labgen up ha-3x3 makes one" in completed.stderr


def test_unknown_lab_is_a_usage_error(tmp_path: Path) -> None:
    completed = acceptance(tmp_path, "--lab", "nowhere")
    assert completed.exit_code == pytest.ExitCode.USAGE_ERROR
    assert "there is no lab nowhere" in completed.stderr


def test_help_needs_no_lab(tmp_path: Path) -> None:
    completed = acceptance(tmp_path, "--help")
    assert completed.exit_code == 0
    assert "--lab=NAME" in completed.stdout
