"""Rendered files, compared exactly with their golden copies.

LABGEN_RENEW_GOLDEN=1 pytest tests/unit/render/test_golden.py writes the copies anew; the change
is then for a person to read in the diff.
"""

import os
import shutil
from pathlib import Path

import pytest

from tests.unit.render.conftest import Rendering

GOLDEN = Path(__file__).parent / "golden"
RENEW = "LABGEN_RENEW_GOLDEN"
OTHER_WAYS = ("loadBalancer.profile=standard", "kubernetes.cni.backend=host-gw")


def _files(directory: Path) -> dict[str, Path]:
    """Return the files below directory by their relative paths."""
    found = sorted(path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path for path in found}


def _compare(golden: Path, rendered: Path, *, only: frozenset[str] | None = None) -> None:
    new = {name: path for name, path in _files(rendered).items() if only is None or name in only}
    if os.environ.get(RENEW):
        shutil.rmtree(golden, ignore_errors=True)
        for name, path in new.items():
            (golden / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, golden / name)
        pytest.skip(f"{golden} was written anew")
    assert list(new) == list(_files(golden))
    for name, path in new.items():
        assert path.read_text() == (golden / name).read_text(), f"{golden / name} differs"


@pytest.mark.parametrize(
    ("scenario", "machine"),
    [
        ("ha-3x3", "master1"),
        ("ha-3x3", "master2"),
        ("ha-3x3", "node1"),
        ("ha-3x0", "master1"),
        ("single", "master1"),
        ("onprem-classic", "master1"),
        ("onprem-classic", "master2"),
    ],
)
def test_a_machines_files_are_those_of_its_golden_copies(
    render: Rendering, scenario: str, machine: str
) -> None:
    _compare(GOLDEN / scenario / machine, render(scenario) / machine)


def test_the_patient_profile_and_routes_in_place_of_tunnels_have_golden_copies(
    render: Rendering,
) -> None:
    rendered = render("ha-3x3", *OTHER_WAYS) / "master1"
    only = frozenset({"haproxy.cfg", "keepalived.conf", "flannel.yaml"})
    _compare(GOLDEN / "ha-3x3-standard-host-gw" / "master1", rendered, only=only)


@pytest.mark.parametrize(
    ("runtime", "files"),
    [
        ("docker", {"docker.json", "cri-docker.default", "containerd.toml", "kubeadm.yaml"}),
        ("cri-o", {"crio.conf", "kubeadm.yaml"}),
    ],
)
def test_other_runtimes_have_golden_copies(
    render: Rendering, runtime: str, files: set[str]
) -> None:
    rendered = render("single", f"kubernetes.runtime={runtime}") / "master1"
    _compare(GOLDEN / f"single-{runtime}/master1", rendered, only=frozenset(files))
