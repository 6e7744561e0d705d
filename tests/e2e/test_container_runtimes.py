"""Container runtimes other than containerd, each on one machine."""

from pathlib import Path

import pytest

from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.system.wait import NotYet, until
from tests.e2e.support import tiny_image
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.program import UP, labgen
from tests.e2e.support.runs import Run

IMAGE = "jsonpath={.status.containerStatuses[*].imageID}"
NODES = "jsonpath={.items[*].status.nodeInfo.containerRuntimeVersion}"


@pytest.mark.parametrize("runtime", ["docker", "cri-o"])
def test_a_machine_with_another_runtime_is_a_cluster_that_outlives_a_power_cut(
    run_: Run, labs_to_remove: list[str], runtime: str, tmp_path: Path
) -> None:
    name = run_.lab_name(runtime)
    labs_to_remove.append(name)
    words = ["up", "single", "--name", name, "-s", f"kubernetes.runtime={runtime}"]
    labgen(*words, timeout=UP)
    assert "nothing changed" in labgen(*words, timeout=UP).stderr
    told = labgen("kubectl", name, "--", "get", "nodes", "-o", NODES).stdout
    assert told.startswith(f"{runtime}://")
    labgen("verify", name, timeout=UP)
    _loads_an_image(store.load(name), tmp_path)

    labgen("stop", name, "--now")
    labgen("start", name)
    until(lambda: _verified(name), what="the gate after a power cut", timeout=180, interval=2)

    lab = store.load(name)
    labgen("down", name)
    assert not leaks(lab)


def _loads_an_image(lab: Lab, directory: Path) -> None:
    """Load an image that no registry has, and start a pod of it; copy a file there and back."""
    archive = tiny_image.archive(lab, directory)
    for _ in range(2):  # it may be loaded again
        assert (
            f"loaded {tiny_image.NAME} into master1"
            in labgen("load", lab.name, str(archive)).stderr
        )
    pod = ["run", "tiny", f"--image={tiny_image.NAME}", "--image-pull-policy=Never"]
    labgen("kubectl", lab.name, "--", *pod, "--restart=Never")
    until(lambda: _has_image(lab), what="the image of a pod", timeout=60, interval=1)
    labgen("kubectl", lab.name, "--", "delete", "pod", "tiny", "--wait=false")

    labgen("cp", str(archive), f"{lab.name}:master1:/root/")
    labgen("cp", f"{lab.name}:master1:/root/{archive.name}", str(directory / "back.tar"))
    assert (directory / "back.tar").read_bytes() == archive.read_bytes()
    assert labgen("ssh", lab.name, "master1", "exit 7", check=False).exit_code == 7


def _has_image(lab: Lab) -> None:
    """Raise NotYet until the pod's container was made from the image."""
    if not labgen("kubectl", lab.name, "--", "get", "pod", "tiny", "-o", IMAGE).stdout:
        raise NotYet("the pod's container has no image")


def _verified(name: str) -> None:
    """Raise NotYet until the smoke tier passes."""
    done = labgen("verify", name, timeout=UP, check=False, quiet=True)
    if not done.ok:
        raise NotYet(done.stdout[-500:])
