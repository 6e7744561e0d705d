"""The verdict of a run of the acceptance suite, as the suite writes it for `labgen verify`.

An exit code alone is no proof: pytest ends with 0 when no test ran, and Python ends with 1, like a
failed test, when it cannot start pytest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from labgen.system import files


class Outcome(StrEnum):
    """What is known of the cluster."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """The result of one run, counted in tests."""

    outcome: Outcome
    reason: str = ""  # why nothing is known, or why the run ended before its first test
    printed: bool = False  # pytest has printed the reason
    tests: int = 0  # those of the tier in the files that were read
    passed: int = 0
    skipped: int = 0
    failed: tuple[str, ...] = ()  # node ids
    errors: tuple[str, ...] = ()  # node ids of tests that could not run
    left_out: tuple[str, ...] = ()  # files of the suite that were not read
    # passed, skipped, failed or error, by node id
    outcomes: Mapping[str, str] = field(default_factory=dict)

    @property
    def ran(self) -> int:
        """Return the number of tests that the run reached."""
        return self.passed + self.skipped + len(self.failed) + len(self.errors)

    @property
    def part(self) -> str:
        """Return which part of its tier the run was, in words; empty for the whole tier."""
        if not self.ran or (self.ran >= self.tests and not self.left_out):
            return ""
        rest = f", without {', '.join(self.left_out)}" if self.left_out else ""
        return f"{self.ran} of {self.tests} tests{rest}"


_adapter = TypeAdapter(Verdict)


def write(verdict: Verdict, path: Path) -> None:
    """Write the verdict as JSON."""
    files.write(path, _adapter.dump_json(verdict))


def read(path: Path) -> Verdict | None:
    """Return the verdict; None if the suite ended before it could write one."""
    try:
        return _adapter.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
