"""`labgen verify` on labs without machines, with a small suite that replaces the real one."""

import json
import sys
from importlib import metadata
from pathlib import Path

import pytest

from labgen.operations import verify
from labgen.system import data
from tests.unit.cli.calling import Said, labgen
from tests.unit.lab.samples import made

CONFTEST = """
import pytest

pytest_plugins = ["acceptance.framework.plugins.harness",
                  "acceptance.framework.plugins.verdict"]

def pytest_addoption(parser):
    parser.addoption("--lab")
    parser.addoption("--inventory")
    parser.addoption("--tier")
    parser.addoption("--record")

def pytest_configure(config):
    option = config.option
    print("called for", option.lab or option.inventory, option.tier, option.record)

@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    from acceptance.framework import tier_size
    tier_size.note(config, items, len(items))

"""
ENDS = """
import os, pytest

def test_end():
    if "SKIP" in os.environ:
        pytest.skip("not known")
    assert "FAIL" not in os.environ
    if "END" in os.environ:
        os._exit(int(os.environ["END"]))

def test_other():
    if "SKIP" in os.environ:
        pytest.skip("not known")
"""


@pytest.fixture(autouse=True)
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the suite as in a wheel, below a project with its own pytest configuration."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    directory = tmp_path / "_data" / "acceptance"
    directory.mkdir(parents=True)
    (directory / "conftest.py").write_text(CONFTEST)
    (directory / "test_end.py").write_text(ENDS)
    monkeypatch.setattr(data, "directory", directory.with_name)
    made("single", "demo")
    return directory


def last(said: Said) -> str:
    return said.err.splitlines()[-1]


def test_a_good_lab_passes_smoke_without_further_words(capfd: pytest.CaptureFixture[str]) -> None:
    said = labgen("verify", "demo")
    assert (said.exit_code, last(said)) == (0, "lab demo passed tier smoke")
    assert "called for demo smoke None" in capfd.readouterr().out


def test_options_reach_pytest_and_cannot_change_lab_or_tier(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    options = ["--record", "runs", "--", "-k", "test", "--junitxml=report.xml", "--tier", "full"]
    assert labgen("verify", "demo", *options, "--lab", "other").exit_code == 0
    assert "called for demo smoke runs" in capfd.readouterr().out
    assert (tmp_path / "report.xml").exists()


@pytest.mark.parametrize("tier", ["ha", "full"])
def test_a_tier_that_disturbs_is_refused_without_disruptive(
    capfd: pytest.CaptureFixture[str], tier: str
) -> None:
    said = labgen("verify", "demo", "--tier", tier)
    assert said.exit_code == 2
    first, allowed, otherwise = said.err.splitlines()
    assert first.startswith(f"error: tier {tier} cuts the power of machines")
    assert allowed.endswith(f"labgen verify demo --tier {tier} --disruptive")
    assert otherwise == "  read-only: labgen verify demo --tier smoke"
    assert capfd.readouterr().out == ""


def test_disruptive_lets_it_run(capfd: pytest.CaptureFixture[str]) -> None:
    assert labgen("verify", "demo", "--tier", "full", "--disruptive").exit_code == 0
    assert "called for demo full None" in capfd.readouterr().out


def test_a_failure_is_the_labs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setenv("FAIL", "yes")
    said = labgen("verify", "demo")
    assert (said.exit_code, last(said)) == (1, "error: lab demo failed tier smoke")
    assert "\nFAILED acceptance/test_end.py::test_end" in capfd.readouterr().out


@pytest.mark.parametrize("code", [0, 1, 2, 3, 6])
def test_a_suite_that_ended_without_a_verdict_says_so_in_the_last_line(
    monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setenv("END", str(code))
    said = labgen("verify", "demo")
    assert said.exit_code == 4
    reason = f"the suite could not run (exit code {code})" if code else "no test ran"
    assert last(said) == f"error: {reason}, so nothing is known about lab demo"


NO_TEST = "error: no test ran, so nothing is known about lab demo"


@pytest.mark.parametrize(
    "option",
    ["--collect-only", "--fixtures", "--markers", "--version", "--help", "--setup-plan"],
)
def test_a_run_without_tests_proves_nothing(option: str) -> None:
    said = labgen("verify", "demo", "--", option)
    assert (said.exit_code, last(said)) == (4, NO_TEST)


def test_options_that_leave_no_test_prove_nothing() -> None:
    said = labgen("verify", "demo", "--", "-k", "nothing")
    assert (said.exit_code, last(said)) == (4, NO_TEST)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PYTEST_ADDOPTS", "--collect-only"),
        ("PYTEST_ADDOPTS", "-k other"),
        ("PYTEST_ADDOPTS", "--cov=src"),
        ("PYTEST_PLUGINS", "no_such_plugin"),
        ("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"),
        ("PYTHONOPTIMIZE", "1"),
        ("PYTHONPATH", "{here}"),
        ("PYTHONSTARTUP", "{here}/none.py"),
        ("PYTHONWARNINGS", "error"),
    ],
)
@pytest.mark.parametrize("options", [[], ["-n1"]], ids=["alone", "xdist"])
def test_the_callers_environment_does_not_reach_the_suite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, options: list[str]
) -> None:
    for module in ("json", "_pytest", "sitecustomize"):
        (tmp_path / f"{module}.py").write_text("raise SystemExit(0)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value.format(here=tmp_path))
    said = labgen("verify", "demo", "--", *options)
    assert (said.exit_code, last(said)) == (0, "lab demo passed tier smoke")


def test_configuration_around_the_suite_and_where_it_is_called_does_not_reach_it(
    tmp_path: Path, suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (tmp_path, tmp_path / "_data", tmp_path / "called"):
        place.mkdir(exist_ok=True)
        (place / "conftest.py").write_text("raise SystemExit(0)\n")
        (place / "tox.ini").write_text("[pytest]\naddopts = --collect-only\n")
    monkeypatch.chdir(tmp_path / "called")
    said = labgen("verify", "demo")
    assert (said.exit_code, last(said)) == (0, "lab demo passed tier smoke")


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["-k", "other"], "1 of 2 tests"),
        (["--deselect", "acceptance/test_end.py::test_other"], "1 of 2 tests"),
        (["--ignore", "{suite}/test_end.py"], "1 of 1 tests, without test_end.py"),
        (["-n1", "-k", "other"], "1 of 2 tests"),
    ],
)
def test_a_part_of_a_tier_says_that_it_is_a_part(
    suite: Path, tmp_path: Path, options: list[str], part: str
) -> None:
    if "--ignore" in options:
        (suite / "test_more.py").write_text("def test_more():\n    pass\n")
    junit = tmp_path / "junit.xml"
    words = [word.format(suite=suite) for word in options]
    said = labgen("verify", "demo", "-o", "json", "--", *words, f"--junitxml={junit}")
    assert said.exit_code == 0
    assert last(said) == f"lab demo passed a part of tier smoke: {part}"
    assert json.loads(said.out)["part"] == part
    assert f'<property name="part" value="{part}" />' in junit.read_text()


def test_collected_names_cannot_be_changed_by_an_option() -> None:
    said = labgen("verify", "demo", "--", "-o", "python_functions=test_other")
    assert (said.exit_code, last(said)) == (0, "lab demo passed tier smoke")


def test_options_that_pytest_does_not_know_are_a_wrong_call() -> None:
    assert labgen("verify", "demo", "--", "--no-such-option").exit_code == 2


def test_options_for_pytest_stand_behind_dashes(capfd: pytest.CaptureFixture[str]) -> None:
    said = labgen("verify", "demo", "-k", "end")
    assert said.exit_code == 2
    assert "No such option" in said.err
    assert "Options of pytest follow --: labgen verify NAME -- -k etcd." in said.err
    assert capfd.readouterr().out == ""


def test_missing_pytest_is_a_matter_of_this_host(monkeypatch: pytest.MonkeyPatch) -> None:
    known = metadata.version

    def version(name: str) -> str:
        if name == "pytest":
            raise metadata.PackageNotFoundError(name)
        return known(name)

    monkeypatch.setattr(metadata, "version", version)
    said = labgen("verify", "demo")
    assert said.exit_code == 3
    assert said.err.splitlines() == [
        "error: the acceptance suite needs packages that are not installed: pytest",
        f"  {sys.executable} -m pip install 'labgen[acceptance]'    in a checkout: make install",
    ]


def test_tiers_are_those_of_the_suite() -> None:
    from acceptance.framework.plugins import tiers  # noqa: PLC0415 - not beside the tiny one

    assert tuple(tiers.TIERS) == verify.TIERS


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text("hosts: [{address: 192.168.0.3}]\n")
    return path


def test_cluster_that_labgen_did_not_build_passes_by_its_inventory(
    inventory: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said = labgen("verify", "--inventory", str(inventory), "--", "-k", "end")
    assert said.exit_code == 0
    assert last(said).startswith(f"the cluster of {inventory} passed tier smoke; the reasons of")
    assert f"called for {inventory} smoke None" in capfd.readouterr().out


@pytest.mark.parametrize("tier", ["ha", "full"])
def test_cluster_that_labgen_did_not_build_is_only_inspected(
    inventory: Path, capfd: pytest.CaptureFixture[str], tier: str
) -> None:
    said = labgen("verify", "--inventory", str(inventory), "--tier", tier, "--disruptive")
    assert said.exit_code == 2
    assert said.err.startswith(f"error: tier {tier} is disruptive")
    assert "by a scenario with provider ssh" in last(said)
    assert capfd.readouterr().out == ""


def test_mistake_in_an_inventory_stops_it_before_pytest(
    inventory: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    inventory.write_text("hosts: [{address: master1}]\n")
    said = labgen("verify", "--inventory", str(inventory))
    assert said.exit_code == 2
    assert said.err.startswith(
        f"{inventory}:1:19: hosts[0].address: 'master1' is not an IPv4 address"
    )
    assert capfd.readouterr().out == ""


def test_neither_lab_nor_inventory_is_a_wrong_call() -> None:
    said = labgen("verify")
    assert said.exit_code == 2
    assert "name a lab, or use --inventory FILE for a cluster that labgen did not build" in said.err


def test_lab_and_inventory_are_one_too_many(inventory: Path) -> None:
    said = labgen("verify", "demo", "--inventory", str(inventory))
    assert said.exit_code == 2
    assert f"name one cluster: either the lab demo or --inventory {inventory}" in said.err


def test_where_every_test_was_skipped_nothing_is_known(
    inventory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKIP", "yes")
    said = labgen("verify", "--inventory", str(inventory))
    assert said.exit_code == 4
    told = "error: every test was skipped, so nothing is known about the cluster of"
    assert last(said) == f"{told} {inventory}"
