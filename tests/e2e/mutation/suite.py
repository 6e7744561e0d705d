"""Run the acceptance suite as a user does, and return which of its tests failed."""

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

import pytest

from labgen.lab.lab import Lab
from labgen.system.process import run
from labgen.system.wait import NotYet, until

ROOT = Path(__file__).parents[3]
TIMEOUT = 900.0  # seconds; three reboots after each of which something never heals
AGAIN = 180.0  # seconds until what was undone has healed


@dataclass(frozen=True)
class Outcome:
    """The result of a run of the suite."""

    exit_code: int
    failed: frozenset[str]  # FILE::FUNCTION; "error: FILE::FUNCTION" for what could not run
    said: str  # all of pytest's output


def outcome(lab: Lab, words: Sequence[str]) -> Outcome:
    """Run pytest with these arguments on the lab."""
    return _outcome(["--lab", lab.name], words)


def outcome_from_outside(inventory: Path, words: Sequence[str]) -> Outcome:
    """Run pytest on the cluster of that inventory; the lab's state is hidden."""
    return _outcome(["--inventory", str(inventory)], words, state=inventory.parent / "state")


def _outcome(subject: Sequence[str], words: Sequence[str], state: Path | None = None) -> Outcome:
    with TemporaryDirectory(prefix="labgen-mutation-") as directory:
        report = Path(directory) / "report.xml"
        ours = ["-p", "no:cacheprovider", "-q", "--tb=short", f"--junitxml={report}"]
        argv = [sys.executable, "-m", "pytest", *ours, *subject, *words]
        env = {"XDG_STATE_HOME": str(state)} if state else {}
        done = run(argv, timeout=TIMEOUT, check=False, cwd=ROOT, env=env)
        failed = _failed(report) if report.exists() else frozenset[str]()
    return Outcome(done.exit_code, failed, done.stdout + done.stderr)


def passes_again(lab: Lab, tests: Collection[str]) -> None:
    """Wait until these tests pass, because the lab may take some seconds to recover."""
    words = [f"acceptance/{test}" for test in sorted(tests)]

    def look() -> None:
        found = outcome(lab, words)
        if found.exit_code != pytest.ExitCode.OK:
            raise NotYet(found.said[-2000:])

    until(look, what=f"{', '.join(tests)} passing again", timeout=AGAIN, interval=1)


def _failed(report: Path) -> frozenset[str]:
    found = set()
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        file = case.attrib["classname"].rpartition(".")[2]
        name = f"{file}.py::{case.attrib['name'].partition('[')[0]}"
        if case.find("failure") is not None:
            found.add(name)
        if case.find("error") is not None:
            found.add(f"error: {name}")
    return frozenset(found)
