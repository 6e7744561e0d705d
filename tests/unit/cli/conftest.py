"""A home of its own for each test, on a host without routes, labs or colours."""

from pathlib import Path

import pytest

from labgen.cli import session
from labgen.lab import store


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(session, "host_routes", lambda: ())
    monkeypatch.setattr(store, "host_routes", lambda: ())
    return tmp_path / "home"
