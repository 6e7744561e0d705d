"""Virtual machines from a box that is not labgen's get everything that they lack."""

import pytest

from labgen.lab import store
from tests.e2e.support import site_box
from tests.e2e.support.observations import Observations, seen
from tests.e2e.support.program import labgen
from tests.e2e.support.runs import Run
from tests.e2e.support.virtual import emulated

UP = 1800.0  # seconds; packages are unpacked by an emulated processor
SETTLED = 120.0  # seconds for what takes one on real processors


@pytest.mark.slow  # an emulated machine installs packages for minutes
@pytest.mark.skipif(
    not site_box.DEBIAN.archive.exists(),
    reason="no box to test: python -m tests.e2e.support.site_box",
)
def test_machines_of_a_foreign_box_get_what_they_lack(
    run_: Run, uri: str, labs_to_remove: list[str]
) -> None:
    name = run_.lab_name("site")
    labs_to_remove.append(name)
    box = site_box.pack(run_.directory / "box")
    words = ["single", "--name", name, *emulated(uri), "--until", "load-balancer"]
    words += ["-s", f"provider.box={{name: example/plain, url: 'file://{box}'}}"]
    labgen("up", *words, timeout=UP)
    observations = Observations(store.load(name))
    labgen("exec", name, "master1", "--", "systemctl", "is-active", "haproxy", "containerd")
    seen(lambda: observations.owners() == ["master1"], "the VIP on master1", within=SETTLED)
    assert "nothing changed" in labgen("up", *words, timeout=UP).stderr
    labgen("down", name, timeout=300)
