"""A lab on another host's hypervisor, which is reached over SSH, and the lab through that host."""

import shutil
import socket
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.system import route
from labgen.system.jump_host import JumpHostFailed
from labgen.system.process import Completed
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.observations import seen
from tests.e2e.support.program import labgen
from tests.e2e.support.runs import Run
from tests.e2e.support.virtual import NEEDED, emulated
from tests.e2e.support.virtual import UP as CLUSTER

pytest.importorskip("libvirt", reason=NEEDED)
pytest.importorskip("vagrant", reason=NEEDED)
if shutil.which("dropbear") is None:
    pytest.skip("no virtual machines elsewhere without dropbear: make box", allow_module_level=True)
# these need them
from tests.e2e.support import hypervisor, remote_hypervisor
from tests.e2e.support.remote_hypervisor import THERE, URI, RemoteHypervisor

UP = 600.0  # seconds; beside other work
SETTLED = 120.0  # seconds for what takes one on real processors
NOBODY = 9  # a port that nobody listens on
EMULATED = "loadBalancer.profile=emulated"
Call = Callable[..., Completed]


@pytest.fixture(scope="module")
def there(run_: Run) -> Iterator[RemoteHypervisor]:
    with remote_hypervisor.running(run_.directory / "elsewhere") as found:
        yield found


@pytest.fixture
def user(there: RemoteHypervisor) -> Call:
    """Return a function that calls labgen as the user who may log in there."""
    return partial(labgen, within=there.as_user)


def test_lab_on_another_host_works_like_a_local_one(
    run_: Run, there: RemoteHypervisor, user: Call, request: pytest.FixtureRequest
) -> None:
    name = run_.lab_name("elsewhere")
    request.addfinalizer(lambda: user("down", name, check=False) if name in store.names() else None)
    words = ["single", "--name", name, "--provider", "libvirt", "-s", f"provider.uri={URI}"]
    words += ["-s", EMULATED, "-s", "machines[0].memory=1700MiB", "--until", "load-balancer"]
    user("up", *words, timeout=UP)
    lab = store.load(name)
    assert route.device(lab.vip) is None, "the lab is to be reached through its host alone"
    seen(lambda: _holds(user, name), "the VIP's holder", within=SETTLED)
    assert user("exec", name, "master1", "--", "hostname").stdout == "master1\n"
    _load_balancer_is_reached(lab)
    user("checkpoint", "save", name, "before")
    user("exec", name, "master1", "--", "touch", "/root/since")
    user("checkpoint", "restore", name, "before", timeout=UP)
    assert not _on_master(user, name, "test -e /root/since").ok
    assert hypervisor.known(there.local)
    user("down", name, timeout=UP)
    assert hypervisor.known(there.local) == []
    assert leaks(lab) == []


@pytest.mark.slow
def test_cluster_on_another_host_passes_the_suite_through_the_jump_host(
    run_: Run, user: Call, request: pytest.FixtureRequest
) -> None:
    """Run all tiers; with one control plane, those that measure a failover are skipped."""
    name = run_.lab_name("cluster")
    request.addfinalizer(lambda: user("down", name, check=False) if name in store.names() else None)
    words = ["single", "--name", name, *emulated(URI), "-s", "machines[0].memory=2560MiB"]
    user("up", *words, timeout=CLUSTER)
    said = user("verify", name, "--tier", "full", "--disruptive", timeout=CLUSTER).stderr
    assert f"lab {name} passed tier full" in said


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (f"root@{THERE}:2222", f"{THERE} cannot be reached over SSH"),
        (f"nobody@{THERE}", f"{THERE} accepts none of the SSH keys on this host"),
        ("root@192.0.2.3", "192.0.2.3 cannot be reached over SSH"),
    ],
    ids=["no-server", "no-key", "no-host"],
)
def test_host_that_refuses_logins_is_reported_before_anything_is_created(
    run_: Run, user: Call, place: str, told: str
) -> None:
    name = run_.lab_name("nowhere")
    uri = f"provider.uri=qemu+ssh://{place}/system"
    words = ["up", "single", "--name", name, "--provider", "libvirt", "-s", uri, "-s", EMULATED]
    refused = user(*words, check=False)
    assert refused.exit_code == 3
    assert told in refused.stderr
    assert "this command must work without a prompt: ssh " in refused.stderr
    assert name not in store.names()


def test_host_with_an_unknown_key_is_reported_with_what_to_type(
    run_: Run, there: RemoteHypervisor, user: Call
) -> None:
    kept = there.known_hosts.read_text()
    there.known_hosts.write_text("")
    words = ["single", "--name", run_.lab_name("unknown"), "--provider", "libvirt"]
    try:
        refused = user("up", *words, "-s", f"provider.uri={URI}", "-s", EMULATED, check=False)
    finally:
        there.known_hosts.write_text(kept)
    assert refused.exit_code == 3
    assert f"SSH does not know the host key of {THERE}" in refused.stderr
    assert "compare the key and accept it" in refused.stderr


def _holds(user: Call, name: str) -> bool:
    return "VIP holder: master1" in user("status", name, check=False, quiet=True).stdout


def _on_master(user: Call, name: str, script: str) -> Completed:
    return user("exec", name, "master1", "--", "bash", "-c", script, check=False)


def _load_balancer_is_reached(lab: Lab) -> None:
    """Assert that HAProxy accepts a connection; there is no API server behind it yet.

    The near end of a forwarded connection is always accepted; only the far end shows the result.
    """
    port = lab.scenario.network.api_port
    with socket.create_connection(
        (str(lab.local_endpoint(lab.vip)), port), timeout=5
    ) as connection:
        assert connection.recv(1) == b""
    assert _end(lab, port) == f"{lab.vip}:{port} sends nothing"
    assert f"{THERE} cannot connect to {lab.vip}:{NOBODY}" in _end(lab, NOBODY)


def _end(lab: Lab, port: int) -> str:
    """Return how a connection from the other host to the VIP's port ends."""
    assert lab.jump
    with pytest.raises(JumpHostFailed) as ended:
        lab.jump.greeting(str(lab.vip), port, timeout=10)
    return ended.value.message
