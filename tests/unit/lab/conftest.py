"""A host with one route, and a user without $KUBECONFIG."""

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from labgen.lab import allocation
from labgen.lab.lab import Lab
from labgen.scenario.host_environment import Route
from tests.unit.lab.samples import made, with_keys


@pytest.fixture(autouse=True)
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBECONFIG")
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setattr(
        allocation, "host_routes", lambda *_: (Route(IPv4Network("192.0.2.0/24"), "eth0"),)
    )


@pytest.fixture
def demo() -> Lab:
    """Return a lab with credentials, without machines."""
    return with_keys(made(name="demo"))
