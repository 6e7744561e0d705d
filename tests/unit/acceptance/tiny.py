"""Small suites with plugins of the real one, run by pytest in a separate process."""

import sys
from pathlib import Path

from labgen.system.process import Completed, run

ROOT = Path(__file__).parents[3]


def run_suite(directory: Path, source: str, *words: str, plugins: tuple[str, ...]) -> Completed:
    """Run source as the one file of a suite in directory."""
    (directory / "test_suite.py").write_text(f"import pytest\n\n{source}")
    (directory / "pytest.ini").write_text("[pytest]\n")
    chosen = [word for name in plugins for word in ("-p", f"acceptance.framework.plugins.{name}")]
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *chosen, *words]
    return run([*argv, str(directory)], timeout=60, check=False, cwd=ROOT)
