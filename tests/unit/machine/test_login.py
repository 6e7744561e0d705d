"""A login that would garble what is read is named before anything is read."""

from ipaddress import IPv4Address
from pathlib import Path

import pytest

from labgen.lab.lab import Machine
from labgen.machine.login import Unread, greet
from labgen.machine.ssh import Ssh
from labgen.scenario.model import Role
from tests.unit.system.stubs import stub

MACHINE = Machine("master1", Role.CONTROL_PLANE, IPv4Address("10.1.0.3"), 0, 0, 0)
SHELL = """
shift 4
{noise}
SSH_CONNECTION="10.1.0.1 4000 10.1.0.3 22" exec sh -c "$*"
"""


@pytest.fixture
def ssh(tmp_path: Path) -> Ssh:
    config = tmp_path / "ssh_config"
    config.write_text(f"Host *\n  ControlPath {tmp_path}/%n\n")
    return Ssh(config)


def test_a_shell_that_prints_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ssh: Ssh
) -> None:
    stub(monkeypatch, tmp_path, "ssh", SHELL.format(noise="echo welcome to rack 3"))
    with pytest.raises(Unread) as caught:
        greet(None, ssh, MACHINE)
    what = "its shell prints 'welcome to rack 3' before the output of every command"
    assert caught.value.finding.what == what
    assert "~/.bashrc" in caught.value.finding.remedy
    assert not caught.value.silent


def test_a_quiet_shell_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ssh: Ssh) -> None:
    stub(monkeypatch, tmp_path, "ssh", SHELL.format(noise=""))
    clock, uncertainty, seen_from = greet(None, ssh, MACHINE)
    assert abs(clock) <= uncertainty + 1
    assert seen_from == "10.1.0.1"
