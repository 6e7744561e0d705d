"""Unit tests neither see nor change anything of the user of this host."""

import signal
from pathlib import Path

import pytest

from labgen.lab import allocation, subnets
from labgen.system import paths, pressure

# A shell that starts pytest in the background has it ignore Ctrl-C, and so would every process that
# a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set this test's own state, cache and kubeconfig, on a host without routes."""
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    monkeypatch.setenv("VAGRANT_HOME", str(tmp_path / "vagrant"))
    monkeypatch.setattr(paths, "runtime", lambda: tmp_path / "run")
    for module in (allocation, subnets):
        monkeypatch.setattr(module, "host_routes", lambda *_: ())
    monkeypatch.setattr(pressure, "DIRECTORY", tmp_path / "pressure")
    monkeypatch.setattr(pressure, "LOAD", tmp_path / "loadavg")
    return tmp_path / "home"
