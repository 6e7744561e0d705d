"""Programs that providers need, reported in the same words by all of them."""

from pathlib import Path

import pytest

from labgen.machine.finding import Finding
from labgen.providers.container import host
from labgen.providers.libvirt import host as libvirt_host
from labgen.providers.programs import SSH, missing
from labgen.providers.ssh import host as ssh_host
from tests.unit.system.stubs import stub


def test_only_what_is_missing_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub(monkeypatch, tmp_path, "here")
    monkeypatch.setenv("PATH", str(tmp_path / "stubs"))
    found = missing({"here": "-", "gone": "apt-get install gone"})
    assert found == [Finding("gone is not installed", "apt-get install gone")]


def test_every_provider_names_the_programs_of_ssh_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    wanted = {f"{program} is not installed" for program in SSH}
    for programs in (host.PROGRAMS, libvirt_host.PROGRAMS, ssh_host.PROGRAMS):
        assert wanted <= {finding.what for finding in missing(programs)}
