"""Programs that only record their calls, and machines that are only disks."""

from pathlib import Path

import pytest

from labgen.system import netns
from tests.unit.providers.saved_machines import Host, machines_on_disk
from tests.unit.system.stubs import Stub, stub


@pytest.fixture(autouse=True)
def namespaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty directory that replaces /run/netns."""
    directory = tmp_path / "netns"
    directory.mkdir()
    monkeypatch.setattr(netns, "NAMED", directory)
    return directory


@pytest.fixture
def ip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stub:
    """Return an ip for which no interface exists; batches are written to the file batch."""
    absent = "*'type bridge') ;; *'link show'*) exit 1 ;;"
    body = f"case $* in {absent} *-batch*) cat >>'{tmp_path}/batch' ;; esac"
    return stub(monkeypatch, tmp_path, "ip", body)


@pytest.fixture
def iptables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file with the rules of a fake iptables; restore appends its input."""
    rules = tmp_path / "rules"
    rules.touch()
    version = "echo 'iptables v1.8.9 (nf_tables)'"
    stub(
        monkeypatch,
        tmp_path,
        "iptables",
        f"case $* in --version) {version} ;; *) cat '{rules}'; esac",
    )
    restore = rf"grep -E '^-I' | sed 's/^-I/-A/' >>'{rules}'"
    stub(monkeypatch, tmp_path, "iptables-restore", restore)
    stub(monkeypatch, tmp_path, "nft", "exit 1")
    return rules


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """Return the disks of a lab of three control planes, which checkpoints work on."""
    return machines_on_disk(tmp_path, monkeypatch)
