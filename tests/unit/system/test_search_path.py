"""System programs are found with the PATH of cron, too."""

import os
import shutil
from pathlib import Path

import pytest

from labgen.system import search_path
from labgen.system.process import run
from tests.unit.cli.calling import labgen


@pytest.fixture
def sbin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a directory of system programs, and set a PATH without it."""
    directory = tmp_path / "sbin"
    directory.mkdir()
    monkeypatch.setattr(search_path, "SYSTEM_PROGRAMS", (str(directory),))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return directory


def test_every_command_and_what_it_starts_finds_system_programs(sbin: Path) -> None:
    program = sbin / "iptables-of-this-test"
    program.write_text("#!/bin/sh\necho found\n")
    program.chmod(0o755)
    assert shutil.which(program.name) is None
    labgen("list")
    assert run(["sh", "-c", program.name], timeout=10).stdout == "found\n"
    assert os.environ["PATH"] == f"/usr/bin:/bin:{sbin}"
    labgen("list")
    assert os.environ["PATH"] == f"/usr/bin:/bin:{sbin}"


def test_a_program_of_the_users_path_goes_first(sbin: Path) -> None:
    (sbin / "sh").write_text("#!/bin/false\n")
    (sbin / "sh").chmod(0o755)
    search_path.complete()
    assert shutil.which("sh") in {"/usr/bin/sh", "/bin/sh"}


def test_without_a_path_there_is_the_systems(sbin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PATH")
    search_path.complete()
    assert shutil.which("sh")
