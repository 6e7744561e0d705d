"""Programs that replace real ones: they record their calls and do what a test sets."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

# bash writes line by line: only the lock keeps calls of the same moment apart.
SCRIPT = """#!/bin/bash
{ flock 9 && printf '%s\\0' "$@" $'\\n' >&9; } 9>>CALLS
BODY
"""


@dataclass(frozen=True)
class Stub:
    """A program in directory; calls are its argument lists, oldest first."""

    log: Path

    @property
    def calls(self) -> list[list[str]]:
        if not self.log.exists():
            return []
        calls = self.log.read_text().split("\n\0")[:-1]
        return [call.split("\0")[:-1] for call in calls]


def stub(monkeypatch: pytest.MonkeyPatch, directory: Path, name: str, body: str = ":") -> Stub:
    """Put a program of that name first on PATH; body is bash."""
    programs = directory / "stubs"
    programs.mkdir(exist_ok=True)
    log = directory / f"{name}.calls"
    program = programs / name
    program.write_text(SCRIPT.replace("CALLS", f"'{log}'").replace("BODY", body))
    program.chmod(0o755)
    if not os.environ["PATH"].startswith(f"{programs}:"):
        monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    return Stub(log)
