"""A lab without machines, to which no packet is sent."""

from pathlib import Path

import pytest

from labgen.faults import fault as module
from labgen.lab.lab import Lab
from labgen.machine import access
from labgen.machine.ssh import Ssh
from labgen.render.ssh_config import ssh_config
from labgen.system import files
from tests.unit.faults.machines import Switches
from tests.unit.lab.samples import made


@pytest.fixture(autouse=True)
def home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(access, "ensure_route", lambda _: None)
    monkeypatch.setattr(Ssh, "connect", lambda *_, **__: None)
    return home


@pytest.fixture(autouse=True)
def switches(monkeypatch: pytest.MonkeyPatch) -> Switches:
    found = Switches()
    monkeypatch.setattr(module, "provider", lambda _: found)
    return found


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Return ha-3x3 without machines, with an ssh_config."""
    found = made("ha-3x3", "demo")
    files.write(found.ssh_config, ssh_config(found, tmp_path / "sockets"))
    return found
