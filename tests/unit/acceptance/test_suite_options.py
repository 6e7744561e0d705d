"""The suite reports clearly what it needs before it inspects anything."""

import sys
from pathlib import Path

import pytest

from acceptance.framework.errors import HARNESS
from labgen.system.process import Completed, run
from tests.unit.lab.samples import made

ROOT = Path(__file__).parents[3]


def acceptance(home: Path, *words: str) -> Completed:
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "acceptance", *words]
    return run(argv, timeout=120, check=False, cwd=ROOT, env={"LABGEN_HOME": str(home)})


def test_missing_lab_is_a_usage_error_that_names_the_labs(tmp_path: Path) -> None:
    completed = acceptance(tmp_path)
    assert completed.exit_code == pytest.ExitCode.USAGE_ERROR
    assert "--lab NAME is missing; labs: none; labgen up ha-3x3 makes one" in completed.stderr


def test_unknown_lab_is_a_usage_error(tmp_path: Path) -> None:
    completed = acceptance(tmp_path, "--lab", "nowhere")
    assert completed.exit_code == pytest.ExitCode.USAGE_ERROR
    assert "there is no lab nowhere" in completed.stderr


def test_a_host_without_ssh_is_no_failure_of_the_lab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made("single", "demo")
    monkeypatch.setenv("PATH", str(tmp_path))
    completed = acceptance(tmp_path / "home", "--lab", "demo", "--tier", "smoke")
    assert completed.exit_code == HARNESS
    said = "there is no program ssh on PATH\n  apt-get install openssh-client"
    assert said in completed.stderr


def test_help_needs_no_lab(tmp_path: Path) -> None:
    completed = acceptance(tmp_path, "--help")
    assert completed.exit_code == 0
    assert "--lab=NAME" in completed.stdout


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    path = tmp_path / "inventory.yaml"
    path.write_text("kubeconfig: admin.conf\n")
    return path


@pytest.mark.parametrize("tier", ["ha", "full"])
def test_cluster_that_labgen_did_not_build_is_only_inspected(
    tmp_path: Path, inventory: Path, tier: str
) -> None:
    completed = acceptance(tmp_path, "--inventory", str(inventory), "--tier", tier)
    assert completed.exit_code == pytest.ExitCode.USAGE_ERROR
    assert f"tier {tier} is disruptive" in completed.stderr


def test_lab_and_inventory_are_one_too_many(tmp_path: Path, inventory: Path) -> None:
    completed = acceptance(tmp_path, "--inventory", str(inventory), "--lab", "demo")
    assert completed.exit_code == pytest.ExitCode.USAGE_ERROR
    assert "use either --lab, for a lab, or --inventory, for another cluster" in completed.stderr


def test_mistakes_of_an_inventory_are_told_where_they_stand(
    tmp_path: Path, inventory: Path
) -> None:
    inventory.write_text("hosts:\n  - address: master1\n")
    completed = acceptance(tmp_path, "--inventory", str(inventory))
    assert completed.exit_code == pytest.ExitCode.USAGE_ERROR
    assert (
        f"{inventory}:2:14: hosts[0].address: 'master1' is not an IPv4 address" in completed.stderr
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [("users: []\n", "is not a usable kubeconfig"), (None, "No such file")],
    ids=["no kubeconfig", "no file"],
)
def test_kubeconfig_that_is_none_says_nothing_of_the_cluster(
    tmp_path: Path, inventory: Path, text: str | None, said: str
) -> None:
    if text:
        (tmp_path / "admin.conf").write_text(text)
    completed = acceptance(tmp_path, "--inventory", str(inventory))
    assert completed.exit_code == HARNESS
    assert said in completed.stdout + completed.stderr
