"""`labgen verify`: run the acceptance suite on a cluster, up to a tier, and read its verdict.

The suite is pytest in a separate process. Its tiers are defined in
acceptance/framework/plugins/tiers.py, its verdict in acceptance/framework/plugins/verdict.py.
"""

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

from labgen.errors import HostUnfit, LabgenError, UsageError
from labgen.inventory import load as inventories
from labgen.lab.lab import Lab
from labgen.operations import verdict as verdicts
from labgen.operations.verdict import Outcome, Verdict
from labgen.system import data
from labgen.system.foreground import foreground

TIERS = ("smoke", "ha", "full")
SUITE = "labgen.operations.run_suite"  # the module that runs pytest
DISRUPTIVE = {
    "ha": "cuts the power of machines and injects faults: the API is unavailable at times",
    "full": "cuts the power of machines, injects faults and creates workloads",
}
EXTRA = "acceptance"  # in pyproject.toml: what the suite needs
# pytest's exit code, https://docs.pytest.org/en/stable/reference/exit-codes.html
USAGE = 4
# pytest's defaults of what it collects; an option of the caller must not change them.
COLLECTED = {"python_files": "test_*.py", "python_classes": "Test", "python_functions": "test"}
# Variables of the caller that would change what the suite does, and those of them that are needed
# to find Python's own files. PYTHONOPTIMIZE, for example, removes every assertion.
REACHING = ("PYTEST_", "PYTHON")
HARMLESS = {"PYTHONHOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE", "PYTHONUTF8", "PYTHONIOENCODING"}
HARMLESS |= {"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"}


class HarnessError(LabgenError):
    """The suite could not run, so nothing is known about the cluster. Exit code 4."""

    exit_code = 4


@dataclass(frozen=True)
class Run:
    """A run of the suite that has ended."""

    subject: str  # the cluster, as messages name it
    tier: str
    verdict: Verdict

    def ensure_passed(self) -> None:
        """Raise LabgenError if the cluster failed a test, HarnessError if nothing is known."""
        if self.verdict.outcome is Outcome.FAILED:
            raise LabgenError(f"{self.subject} failed tier {self.tier}")
        if self.verdict.outcome is Outcome.UNKNOWN:
            raise HarnessError(f"{self._unable()}, so nothing is known about {self.subject}")

    def _unable(self) -> str:
        """Return why nothing is known, without what the suite itself has printed already."""
        if self.verdict.errors:
            return f"{len(self.verdict.errors)} of {self.verdict.tests} tests could not run"
        return "the suite could not run" if self.verdict.printed else self.verdict.reason

    def __str__(self) -> str:
        part = self.verdict.part
        passed = f"a part of tier {self.tier}: {part}" if part else f"tier {self.tier}"
        return f"{self.subject} passed {passed}"


def verify(
    lab: Lab, tier: str, options: Sequence[str], *, disruptive: bool, to_stderr: bool = False
) -> Run:
    """Run the suite on the lab, with options for pytest.

    With to_stderr, pytest prints to standard error. Raises UsageError when the tier is disruptive
    and that is not allowed, HostUnfit without pytest.
    """
    _ensure_allowed(lab, tier, disruptive=disruptive)
    return _run(f"lab {lab.name}", ["--lab", lab.name], tier, options, to_stderr=to_stderr)


def verify_found(
    inventory: Path, tier: str, options: Sequence[str], *, to_stderr: bool = False
) -> Run:
    """Run the suite on the cluster of that inventory, which labgen did not build.

    Raises UsageError for a disruptive tier and for an error in the inventory, otherwise like
    verify().
    """
    if tier in DISRUPTIVE:
        hint = inventories.OTHERWISE.format(file=inventory)
        raise UsageError(inventories.ONLY_LOOKS.format(tier=tier), hint=hint)
    inventories.load(inventory)
    words = ["--inventory", str(inventory)]
    return _run(f"the cluster of {inventory}", words, tier, options, to_stderr=to_stderr)


def command(
    lab: Lab, tier: str, options: Sequence[str], verdict: Path, *, file: str = ""
) -> list[str]:
    """Return the command line of the suite, or of one of its files; it writes its verdict."""
    return _command(["--lab", lab.name], tier, options, verdict, file=file)


def environment() -> dict[str, str | None]:
    """Return what the suite's environment has other than the caller's.

    The caller's environment must not select tests, load plugins or replace modules. PYTHONSAFEPATH
    does for xdist's workers what -P does for the suite itself.
    """
    reaching = [it for it in os.environ if it.startswith(REACHING) and it not in HARMLESS]
    return {**dict.fromkeys(reaching), "PYTHONSAFEPATH": "1"}


def _run(
    what: str, subject: Sequence[str], tier: str, options: Sequence[str], *, to_stderr: bool
) -> Run:
    ensure_pytest()
    with TemporaryDirectory(prefix="labgen-verify-") as directory:
        path = Path(directory) / "verdict.json"
        argv = _command(subject, tier, options, path)
        code = foreground(argv, env=environment(), all_to_stderr=to_stderr)
        return Run(what, tier, verdicts.read(path) or _unwritten(code, options))


def _command(
    subject: Sequence[str], tier: str, options: Sequence[str], verdict: Path, *, file: str = ""
) -> list[str]:
    """Return the command line; what options must not change comes after them.

    No configuration file is read (-c), and no conftest.py above the suite: the installed suite may
    be below a project that has them.
    """
    suite = data.directory("acceptance")
    settings = ["-p", "no:cacheprovider", "-o", "junit_family=xunit1", "--strict-markers", "-ra"]
    fixed = ["-c", os.devnull, f"--rootdir={suite.parent}", f"--confcutdir={suite}"]
    for name, value in COLLECTED.items():
        fixed += ["-o", f"{name}={value}"]
    chosen = [*subject, "--tier", tier, f"--verdict={verdict}", str(suite / file)]
    return [sys.executable, "-P", "-m", SUITE, *settings, *options, *fixed, *chosen]


def _unwritten(code: int, options: Sequence[str]) -> Verdict:
    """Return the verdict of a run that wrote none, by pytest's exit code.

    Raises UsageError when pytest refused the options.
    """
    if code == USAGE and options:
        raise UsageError("pytest rejected these options", hint="labgen verify --help")
    reason = "no test ran" if code == 0 else f"the suite could not run (exit code {code})"
    return Verdict(Outcome.UNKNOWN, reason)


def _ensure_allowed(lab: Lab, tier: str, *, disruptive: bool) -> None:
    if tier in DISRUPTIVE and not disruptive:
        again = f"labgen verify {lab.name} --tier {tier} --disruptive"
        raise UsageError(
            f"tier {tier} {DISRUPTIVE[tier]}",
            hint=f"to allow it: {again}\nread-only: labgen verify {lab.name} --tier smoke",
        )


def ensure_pytest() -> None:
    """Raise HostUnfit if a package that the suite needs is not installed."""
    missing = [name for name in _requirements() if not _installed(name)]
    if missing:
        remedy = f"{sys.executable} -m pip install 'labgen[{EXTRA}]'"
        raise HostUnfit(
            f"the acceptance suite needs packages that are not installed: {', '.join(missing)}",
            hint=f"{remedy}    in a checkout: make install",
        )


def _requirements() -> list[str]:
    """Return the packages of the extra, from the metadata of labgen."""
    of_extra = re.compile(rf"""([\w.-]+)[^;]*;.*\bextra == ["']{EXTRA}["']""")
    found = (of_extra.match(requirement) for requirement in metadata.requires("labgen") or [])
    return [match[1] for match in found if match]


def _installed(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True
