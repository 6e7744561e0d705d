"""The acceptance suite on the lab of six machines. It measures, so nothing else may run."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from labgen.lab.lab import Lab
from labgen.recordings import metrics, recording
from tests.e2e.support.program import ROOT, shown

SUITE = 1500.0  # seconds; the whole suite takes eleven minutes
# what `make test` runs: the VIP holder's power cut, and what users do with a cluster
QUICK = ("test_failover.py", "test_workload_*.py")
# figures of the power cut of all machines, and seconds on two cores; measured by hand: 6.5 and 59
BACK = {metrics.API_BACK: 15.0, metrics.STEADY_STATE: 75.0}


@pytest.mark.quick
@pytest.mark.usefixtures("alone")
def test_failover_and_workload_tests_pass(ha_3x3: Lab, results: Path) -> None:
    _suite_passes(ha_3x3, results, "quick", *_quick())


@pytest.mark.usefixtures("alone")
def test_all_other_acceptance_tests_pass(ha_3x3: Lab, results: Path) -> None:
    _suite_passes(ha_3x3, results, "rest", "acceptance/", *(f"--ignore={it}" for it in _quick()))


def test_lab_without_power_is_back_in_time(
    ha_3x3: Lab, results: Path, record_property: Callable[[str, object], None]
) -> None:
    """Check tighter limits than the suite, which also runs on slower hosts."""
    found = recording.read(results / "recordings/rest/power-cut-all-machines.json")
    assert found.lab == ha_3x3.name
    seconds = {it.metric: it.value for it in found.figures if it.metric in BACK}
    for name, value in seconds.items():
        record_property(f"power cut of all machines: {name}", f"{value:.1f} s")
    assert seconds.keys() == BACK.keys()
    assert [name for name, value in seconds.items() if value > BACK[name]] == []


def _quick() -> list[str]:
    """Return the files of QUICK, as arguments of pytest."""
    found = [path for name in QUICK for path in sorted((ROOT / "acceptance").glob(name))]
    return [str(path.relative_to(ROOT)) for path in found]


def _suite_passes(lab: Lab, results: Path, half: str, *what: str) -> None:
    """Run this part of the suite; the names of its report and recordings contain the half."""
    options = [
        "-p",
        "no:cacheprovider",
        "--tb=short",
        "--maxfail=8",
        f"--junitxml={results}/acceptance-{half}.xml",
        f"--record={results}/recordings/{half}",
    ]
    words = [sys.executable, "-m", "pytest", "-q", *options, *what, "--lab", lab.name]
    assert shown(words, timeout=SUITE, check=False).exit_code == 0
