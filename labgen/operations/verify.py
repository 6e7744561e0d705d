"""`labgen verify`: run the acceptance suite on a cluster, up to a tier, and interpret its exit
code.

The suite is pytest in a separate process. Its tiers are defined in
acceptance/framework/plugins/tiers.py, its exit codes in acceptance/framework/plugins/verdict.py.
"""

import os
import re
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from labgen.errors import HostUnfit, LabgenError, UsageError
from labgen.inventory import load as inventories
from labgen.lab.lab import Lab
from labgen.system import data
from labgen.system.foreground import foreground

TIERS = ("smoke", "ha", "full")
DISRUPTIVE = {
    "ha": "cuts the power of machines and injects faults: the API is unavailable at times",
    "full": "cuts the power of machines, injects faults and creates workloads",
}
EXTRA = "acceptance"  # in pyproject.toml: what the suite needs
# pytest's exit codes, https://docs.pytest.org/en/stable/reference/exit-codes.html
FAILED, USAGE, NO_TESTS = 1, 4, 5
NOTHING = 7  # the suite's own: every test was skipped


class HarnessError(LabgenError):
    """The suite could not run, so nothing is known about the cluster. Exit code 4."""

    exit_code = 4


def verify(lab: Lab, tier: str, options: Sequence[str], *, disruptive: bool) -> None:
    """Run the suite on the lab, with options for pytest.

    Raises UsageError when the tier is disruptive and that is not allowed, HostUnfit without pytest,
    LabgenError when the cluster failed a test, HarnessError when the suite could not run.
    """
    _ensure_allowed(lab, tier, disruptive=disruptive)
    _ensure_pytest()
    code = foreground(command(lab, tier, options))
    _judge(code, f"lab {lab.name}", tier)


def verify_found(inventory: Path, tier: str, options: Sequence[str]) -> None:
    """Run the suite on the cluster of that inventory, which labgen did not build.

    Raises UsageError for a disruptive tier and for an error in the inventory, otherwise like
    verify().
    """
    if tier in DISRUPTIVE:
        hint = inventories.OTHERWISE.format(file=inventory)
        raise UsageError(inventories.ONLY_LOOKS.format(tier=tier), hint=hint)
    inventories.load(inventory)
    _ensure_pytest()
    code = foreground(_command(["--inventory", str(inventory)], tier, options))
    _judge(code, f"the cluster of {inventory}", tier)


def command(lab: Lab, tier: str, options: Sequence[str], *, file: str = "") -> list[str]:
    """Return the command line of the suite, or of one of its files."""
    return _command(["--lab", lab.name], tier, options, file=file)


def _command(
    subject: Sequence[str], tier: str, options: Sequence[str], *, file: str = ""
) -> list[str]:
    """Return the command line; subject and tier come last, so that they override options.

    No configuration file is read (-c): the installed suite may be below a project that has one.
    """
    suite = data.directory("acceptance")
    settings = ["-c", os.devnull, f"--rootdir={suite.parent}", "-p", "no:cacheprovider"]
    settings += ["-o", "junit_family=xunit1", "--strict-markers", "-ra"]
    chosen = [*subject, "--tier", tier, str(suite / file)]
    return [sys.executable, "-P", "-m", "pytest", *settings, *options, *chosen]


def _ensure_allowed(lab: Lab, tier: str, *, disruptive: bool) -> None:
    if tier in DISRUPTIVE and not disruptive:
        again = f"labgen verify {lab.name} --tier {tier} --disruptive"
        raise UsageError(
            f"tier {tier} {DISRUPTIVE[tier]}",
            hint=f"to allow it: {again}\nread-only: labgen verify {lab.name} --tier smoke",
        )


def _ensure_pytest() -> None:
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


def _judge(code: int, what: str, tier: str) -> None:
    """Raise the error for the exit code of pytest, if there is one."""
    if code == 0:
        return
    if code == FAILED:
        raise LabgenError(f"{what} failed tier {tier}")
    if code == USAGE:
        raise UsageError("pytest rejected these options", hint="labgen verify --help")
    if code == NO_TESTS:
        raise UsageError(f"these options select no test of tier {tier}")
    if code == NOTHING:
        raise HarnessError(
            f"every test of tier {tier} was skipped, so nothing is known about {what}"
        )
    raise HarnessError(
        f"the suite could not run (pytest ended with {code}), so nothing is known about {what}"
    )
