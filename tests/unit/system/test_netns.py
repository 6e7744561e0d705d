"""netns: how to reach the network namespace that a lab was created in."""

from pathlib import Path

import pytest

from labgen.system import netns


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return /run/netns with one namespace named lab."""
    directory = tmp_path / "netns"
    directory.mkdir()
    (directory / "lab").touch()
    monkeypatch.setattr(netns, "NAMED", directory)
    return directory


def test_a_command_for_this_namespace_runs_as_it_is(named: Path) -> None:
    assert netns.entering(netns.inode()) == []


def test_a_command_for_a_named_namespace_enters_it(named: Path) -> None:
    path = named / "lab"
    assert netns.entering(path.stat().st_ino) == ["nsenter", f"--net={path}"]


def test_a_namespace_that_is_gone_cannot_be_entered(named: Path) -> None:
    gone = named / "lab"
    inode = gone.stat().st_ino
    gone.unlink()
    assert netns.named(inode) is None
    assert netns.entering(inode) is None


def test_a_host_without_named_namespaces_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(netns, "NAMED", tmp_path / "absent")
    assert netns.named(1) is None
