"""A home of its own for each test, on a host with one route."""

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from labgen.lab import store
from labgen.scenario.surroundings import Route


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setattr(store, "host_routes", lambda: (Route(IPv4Network("192.0.2.0/24"), "eth0"),))
    return tmp_path / "home"
