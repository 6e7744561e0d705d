"""What prevents a host from running system containers, and the remedy."""

from dataclasses import replace
from pathlib import Path

import pytest

from labgen.errors import HostUnfit
from labgen.machine.finding import Finding
from labgen.providers.container.host import PROGRAMS, ensure_inotify_instances, findings
from tests.unit.system.hosts import USUAL
from tests.unit.system.stubs import stub


@pytest.fixture
def equipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a PATH with all required programs and no others."""
    for name in PROGRAMS:
        stub(monkeypatch, tmp_path, name)
    monkeypatch.setenv("PATH", str(tmp_path / "stubs"))
    return tmp_path / "stubs"


def test_a_good_host_has_no_findings(equipped: Path) -> None:
    assert findings(USUAL) == []


@pytest.mark.parametrize("kernel", [(5, 4), (5, 10), (7, 0)])
def test_kernels_that_kubeadm_accepts_are_good(equipped: Path, kernel: tuple[int, int]) -> None:
    assert findings(replace(USUAL, kernel=kernel)) == []


def test_everything_that_is_wrong_is_found_at_once(equipped: Path) -> None:
    (equipped / "podman").unlink()
    found = findings(replace(USUAL, root=False, kernel=(4, 19)))
    assert found == [
        Finding("labgen is not running as root", "run it as root: sudo labgen ..."),
        Finding("kernel 4.19 is older than 5.4", "boot a newer kernel"),
        Finding("podman is not installed", "apt-get install podman"),
    ]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_missing_program_is_found_with_the_package_to_install(
    equipped: Path, program: str
) -> None:
    (equipped / program).unlink()
    (finding,) = findings(USUAL)
    assert finding.what == f"{program} is not installed"
    assert finding.remedy.startswith("apt-get install ")


def test_an_inotify_limit_that_is_too_low_is_raised(tmp_path: Path) -> None:
    setting = tmp_path / "max_user_instances"
    setting.write_text("128\n")
    ensure_inotify_instances(6, setting)
    assert int(setting.read_text()) >= 6 * 128


def test_an_inotify_limit_that_is_high_enough_is_left_alone(tmp_path: Path) -> None:
    setting = tmp_path / "max_user_instances"
    setting.write_text("1048576\n")
    ensure_inotify_instances(6, setting)
    assert setting.read_text() == "1048576\n"


def test_an_inotify_limit_that_may_not_be_raised_is_the_hosts_fault_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = tmp_path / "max_user_instances"
    setting.write_text("128\n")

    def refuse(path: Path, text: str) -> int:
        raise PermissionError(13, "Read-only file system")

    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(HostUnfit) as unfit:
        ensure_inotify_instances(6, setting)
    assert unfit.value.message == "fs.inotify.max_user_instances is too low for 6 machines"
    assert unfit.value.hint == "sysctl fs.inotify.max_user_instances=8192"
