"""Unit tests neither see nor change anything of the user of this host."""

from pathlib import Path

import pytest

from labgen.lab import store, subnets
from labgen.system import paths, pressure


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set this test's own state, cache and kubeconfig, on a host without routes."""
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    monkeypatch.setenv("VAGRANT_HOME", str(tmp_path / "vagrant"))
    monkeypatch.setattr(paths, "runtime", lambda: tmp_path / "run")
    for module in (store, subnets):
        monkeypatch.setattr(module, "host_routes", lambda *_: ())
    monkeypatch.setattr(pressure, "DIRECTORY", tmp_path / "pressure")
    monkeypatch.setattr(pressure, "LOAD", tmp_path / "loadavg")
    return tmp_path / "home"
