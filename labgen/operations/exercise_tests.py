"""Run the tests of an exercise on a lab: its own, and those of the suite that it names.

Their output would tell a learner what to do, so it goes to a log and not to the terminal.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from labgen.exercises import grading
from labgen.exercises.model import Exercise
from labgen.exercises.schema import EVERYTHING, OWN
from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.operations import verdict as verdicts
from labgen.operations.verify import COLLECTED, SUITE, HarnessError, ensure_pytest, environment
from labgen.system import data, files
from labgen.system.process import run

TIMEOUT = 300.0  # seconds; a lab without an API lets many tests wait for their own timeouts
LOG = "exercise-check.log"
SHOWN_LINES = 4


def outcomes(
    lab: Lab, exercise: Exercise, *, whole: bool = False, held: bool = False
) -> Mapping[str, str]:
    """Return the outcome of each test by node id: the checks of all objectives.

    With whole, the suite's read-only tier runs as well, unless the exercise breaks everything. held
    says that the caller has the lab for itself, see store.hold_alone().
    Raises HarnessError if the tests could not run, HostUnfit without pytest.
    """
    ensure_pytest()
    with TemporaryDirectory(prefix="labgen-exercise-") as directory:
        path = Path(directory) / "verdict.json"
        argv = _command(lab, exercise, path, whole=whole)
        env = {**environment(), store.HELD_BY_PARENT: lab.name if held else None}
        done = run(argv, timeout=TIMEOUT * lab.slowdown, check=False, env=env)
        log = lab.logs / LOG
        files.write(log, done.stdout + done.stderr, mode=files.PRIVATE)
        verdict = verdicts.read(path)
    if verdict is None or not verdict.outcomes:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()[-SHOWN_LINES:]
        raise HarnessError(
            f"the tests of exercise {exercise.name} could not run on lab {lab.name}",
            last_seen="\n    ".join(lines),
            log=log,
        )
    return verdict.outcomes


def _command(lab: Lab, exercise: Exercise, verdict: Path, *, whole: bool) -> list[str]:
    """Return the command line. The suite's conftest.py is a plugin here, so that tests outside the
    suite's directory have its fixtures."""
    suite = data.directory("acceptance")
    words = ["-p", "no:cacheprovider", "--noconftest", "-p", "acceptance.conftest", "-q"]
    words += ["-c", os.devnull, f"--rootdir={suite.parent}", "--strict-markers", "--tb=short"]
    for name, value in COLLECTED.items():
        words += ["-o", f"{name}={value}"]
    words += ["--lab", lab.name, "--tier", "smoke", "--any-state", f"--verdict={verdict}"]
    return [sys.executable, "-P", "-m", SUITE, *words, *_tests(exercise, suite, whole=whole)]


def _tests(exercise: Exercise, suite: Path, *, whole: bool) -> Sequence[str]:
    """Return what pytest runs. The whole tier has the checks that are the suite's."""
    whole = whole and EVERYTHING not in exercise.also_broken
    checks = grading.checks(exercise)
    own = [f"{exercise.directory / it}" for it in checks if it.startswith(f"{OWN}::")]
    if whole:
        return [str(suite), *own]
    return [*(str(suite / it) for it in checks if not it.startswith(f"{OWN}::")), *own]
