"""labgen gc: resources are listed, removed on request, and never those of an existing lab."""

import shutil
from pathlib import Path

import pytest

from labgen.errors import LabgenError
from labgen.lab import ownership
from labgen.lab.lab import Lab
from labgen.operations import gc as build
from labgen.operations import host_resources
from labgen.providers.resource import Resource
from labgen.system import netns, paths
from tests.unit.cli.calling import labgen
from tests.unit.lab.samples import made
from tests.unit.system.stubs import stub


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate a host without any resources and without libvirt."""
    (tmp_path / "netns").mkdir()
    monkeypatch.setattr(netns, "NAMED", tmp_path / "netns")
    monkeypatch.setattr(host_resources, "find_spec", lambda _: None)
    stub(monkeypatch, tmp_path, "podman", "case $* in *' ps '*) echo '[]' ;; esac")
    stub(monkeypatch, tmp_path, "ip", "case $* in *'link show lab'*) exit 1 ;; esac")
    stub(monkeypatch, tmp_path, "iptables", "")


def _with_disks(name: str) -> Lab:
    lab = made(name=name)
    ownership.claim(lab)
    (paths.cache() / "disks" / f"{name}-{lab.id}").mkdir(parents=True)
    return lab


def test_where_nothing_is_left_it_says_so(host: None) -> None:
    _with_disks("living")
    said = labgen("gc")
    assert (said.exit_code, said.out, said.err) == (0, "", "no orphaned resources\n")


def test_what_is_left_is_listed_and_goes_on_request_and_living_labs_keep_theirs(host: None) -> None:
    living, dead = _with_disks("living"), _with_disks("dead")
    shutil.rmtree(dead.directory)
    gone = f"of lab dead at {dead.directory}, which no longer exists"
    disks = f"disks {paths.cache()}/disks/dead-{dead.id}"
    said = labgen("gc")
    assert said.exit_code == 1
    listed = [line.split("  ", 1) for line in said.out.splitlines()]
    assert [(what, owner.strip()) for what, owner in listed] == [
        ("RESOURCE", "OWNER"),
        (disks, gone),
        (f"directory {dead.sockets}", gone),
    ]
    assert said.err == "orphaned resources: 2; to remove them: labgen gc --remove\n"

    removed = labgen("gc", "--remove")
    assert removed.exit_code == 0
    assert removed.out.splitlines()[0] == f"removed {disks}, {gone}"
    assert labgen("gc").err == "no orphaned resources\n"
    assert living.sockets.exists()
    assert [path.name for path in (paths.cache() / "disks").iterdir()] == [f"living-{living.id}"]


def test_names_choose_whose(host: None) -> None:
    for name in ("one", "two"):
        shutil.rmtree(_with_disks(name).directory)
    assert len(labgen("gc").out.splitlines()) == 1 + 4
    said = labgen("gc", "two", "--remove").out.splitlines()
    assert len(said) == 2
    assert all(" of lab two at " in line for line in said)
    assert len(labgen("gc").out.splitlines()) == 1 + 2


def test_what_cannot_be_removed_is_said_with_exit_code_1(
    host: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise LabgenError("it is busy")

    orphans = (
        Resource("a", "thing", None, fail, unused=True),
        Resource("another", "one", None, lambda: None, unused=True),
    )
    monkeypatch.setattr(build, "find", lambda *_: host_resources.Listing(orphans, ()))
    said = labgen("gc", "--remove")
    assert said.exit_code == 1
    assert said.err == "could not remove a thing: it is busy\n"
    assert said.out == "removed another one, no lab uses it\n"


def test_what_may_be_somebodys_stays_and_is_no_failure(host: None) -> None:
    (netns.NAMED / "labgen-00000000-node1").touch()
    for words in (["gc"], ["gc", "--remove"]):
        said = labgen(*words)
        assert said.exit_code == 0
        assert "network namespace labgen-00000000-node1" in said.out
        assert "its owner cannot be determined" in said.out
    assert (netns.NAMED / "labgen-00000000-node1").exists()
