"""What labs of machine-containers left, with programs that only note how they were called."""

import json
import shutil
from pathlib import Path

import pytest

from labgen.lab import ownership
from labgen.lab.lab import Lab
from labgen.providers.container import firewall
from labgen.providers.container.orphans import orphans
from labgen.providers.orphans import UNKNOWN
from labgen.system import netns, paths
from tests.unit.lab.samples import made
from tests.unit.system.stubs import stub


@pytest.fixture
def sample(
    iptables: Path, namespaces: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Lab:
    """A lab of which there is everything."""
    lab = made()
    ownership.claim(lab)
    (namespaces / f"labgen-{lab.id}-master1").touch()
    (paths.cache() / "disks" / f"demo-{lab.id}").mkdir(parents=True)
    label = {"labgen.directory": str(lab.directory)}
    listed = [{"Names": ["labgen-demo-master1"], "State": "running", "Labels": label}]
    body = f"case $* in *' ps '*) echo '{json.dumps(listed)}' ;; esac"
    stub(monkeypatch, tmp_path, "podman", body)
    stub(monkeypatch, tmp_path, "ip", "")
    firewall.ensure(lab)
    return lab


def test_nothing_of_a_lab_that_lives_is_a_stray(sample: Lab) -> None:
    assert orphans() == []


def test_all_of_a_lab_whose_directory_is_gone_is_found_with_whose_it_was(sample: Lab) -> None:
    shutil.rmtree(sample.directory)
    found = orphans()
    assert [stray.what for stray in found] == [
        "container labgen-demo-master1",
        f"network namespace labgen-{sample.id}-master1",
        f"bridge lab{sample.id}",
        f"6 firewall rules of labgen-{sample.id}",
        f"disks {paths.cache()}/disks/demo-{sample.id}",
    ]
    whose = f"of lab demo at {sample.directory}, which is gone"
    assert {stray.whose for stray in found} == {whose}


def test_a_network_where_nobody_can_look_is_named_and_all_else_is_found(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(sample.directory)
    monkeypatch.setattr(netns, "entering", lambda _: ["nsenter", "--net=/far"])
    stub(monkeypatch, tmp_path, "nsenter", "exit 1")
    found = {stray.what: stray for stray in orphans()}
    told = found[f"network of {sample.directory}, in a namespace that cannot be entered"]
    assert told.remove is None
    assert "container labgen-demo-master1" in found
    assert not any(what.startswith("bridge") for what in found)


def test_a_stray_whose_lab_came_back_is_not_removed(sample: Lab) -> None:
    shutil.rmtree(sample.directory)
    disks = next(stray for stray in orphans() if stray.what.startswith("disks"))
    sample.directory.mkdir()
    assert disks.remove
    disks.remove()
    assert list((paths.cache() / "disks").iterdir())
    sample.directory.rmdir()
    disks.remove()
    assert not list((paths.cache() / "disks").iterdir())


def test_what_nobody_tells_of_is_named_and_stays(sample: Lab, namespaces: Path) -> None:
    (namespaces / "labgen-00000000-node1").touch()
    (namespaces / "labgen-test-abc").touch()
    [stray] = orphans()
    assert (stray.what, stray.whose) == ("network namespace labgen-00000000-node1", UNKNOWN)
    assert stray.remove is None
