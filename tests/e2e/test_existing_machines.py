"""Existing machines: inspected before any change, then made a lab, then restored."""

from pathlib import Path

import pytest

from labgen.errors import HostUnfit
from labgen.lab import store
from labgen.operations.verify import HarnessError
from labgen.providers.base import State
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.load import load
from labgen.system.process import run
from tests.e2e.support import existing, mirror, swap
from tests.e2e.support.bare_machines import SUBNET, BareMachine, BareNetwork, New
from tests.e2e.support.existing import VIP
from tests.e2e.support.health import assert_healthy
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.observations import Observations, seen
from tests.e2e.support.program import UP, labgen
from tests.e2e.support.runs import Run
from tests.e2e.support.snapshot import differences, snapshot, snapshots

UNFIT = HostUnfit.exit_code
# A wrong clock, on a kernel that has only one: what date says is all that is asked.
LATE = "#!/bin/sh\nnow=$(/usr/bin/date +%s)\necho $((now - 3600)).0\n"
HEALED = 120.0  # seconds
# The owner's, next to what labgen and the cluster write. bandwidth is in Debian's package, too.
OWN_FILES = (
    "/etc/cni/net.d/99-mine.conflist",
    "/etc/kubernetes/mine",
    "/opt/cni/bin/bandwidth",
    "/var/lib/cni/networks/mine/last",
)
OLD_CLUSTER = ("/etc/kubernetes/kubelet.conf", "/etc/kubernetes/manifests/etcd.yaml")


def test_existing_machines_become_a_lab_and_are_as_before_afterwards(
    run_: Run, bare_network: BareNetwork, labs_to_remove: list[str], tmp_path: Path
) -> None:
    machines = bare_network.add_all(
        New("one", "bookworm"),
        New("two", user="admin", sudo="password"),
        New("three", user="admin", sudo="free"),
        New("four", "bookworm"),
    )
    *masters, worker = machines
    _rename_interface(masters[2], "ens3", bare_network)
    before = snapshots(machines)
    switches = {worker.name: existing.switch(worker)}
    scenario = existing.scenario(tmp_path, masters, [worker], switches)
    name = run_.lab_name("site")
    labs_to_remove.append(name)

    assert "can be brought up by provider ssh" in labgen("check", str(scenario)).stderr
    planned = labgen("plan", str(scenario)).stdout
    assert "changed on master3, and restored by `down`:" in planned
    assert f"the VIP {VIP} on ens3" in planned

    labgen("up", str(scenario), "--name", name, timeout=UP)
    lab = store.load(name)
    assert_healthy(lab)
    again = labgen("up", str(scenario), "--name", name, timeout=UP)
    assert "nothing changed" in again.stderr
    assert labgen("exec", name, "master2", "--", "id", "-u").stdout == "0\n"
    labgen("verify", name, timeout=UP)

    _faults(name)
    _down_without_the_one_that_is_dead(name, worker)
    for was, now in zip(before, snapshots(machines), strict=True):
        assert differences(was, now) == []
    assert "can be brought up by provider ssh" in labgen("check", str(scenario)).stderr


@pytest.mark.quick
def test_a_bare_machine_becomes_a_cluster_and_is_as_before_afterwards(
    run_: Run, bare_network: BareNetwork, labs_to_remove: list[str], tmp_path: Path
) -> None:
    machine = bare_network.add("alone", user="admin", sudo="password")
    for path in OWN_FILES:
        machine.write(path, "mine\n")
    before = snapshot(machine)
    scenario = existing.scenario(tmp_path, [machine], [])
    name = run_.lab_name("alone")
    labs_to_remove.append(name)
    labgen("up", str(scenario), "--name", name, timeout=UP)
    lab = store.load(name)
    assert_healthy(lab)
    labgen("verify", name, timeout=UP)
    labgen("down", name, timeout=UP)
    assert differences(before, snapshot(machine)) == []
    assert leaks(lab) == []


def test_a_site_with_mirrors_installs_from_them_and_gets_its_swap_back(
    run_: Run, bare_network: BareNetwork, labs_to_remove: list[str], tmp_path: Path
) -> None:
    machine = bare_network.add("own")
    software = {"packages": "distribution", "kubernetes": "repository"}
    scenario = existing.scenario(tmp_path, [machine], [], password=False, software=software)
    name = run_.lab_name("mirrored")
    labs_to_remove.append(name)
    words = ["up", str(scenario), "--name", name]
    version = load(scenario, host_environment=HostEnvironment()).kubernetes.version
    with mirror.serving(tmp_path / "mirror", bare_network.gateway, machine.suite, version) as site:
        site.use(machine)
        swap.switch_on(machine)
        before = snapshot(machine)
        labgen(*words, "--until", "machines")
        with swap.kernel_of_its_own(machine):
            planned = labgen("plan", str(scenario), "--name", name).stdout
            assert f"swap off: {swap.SWAP}, and in /etc/fstab" in planned
            labgen(*words, "--until", "load-balancer", timeout=UP)
            again = labgen(*words, "--until", "load-balancer", timeout=UP)
            assert "nothing changed" in again.stderr
            assert swap.used(machine) == []
        held = machine.inside("apt-mark", "showhold").stdout.split()
        assert held == ["kubeadm", "kubectl", "kubelet"]
        said = machine.inside("/usr/bin/kubelet", "--version").stdout
        assert said == f"Kubernetes {version}\n"
        labgen("down", name, timeout=UP)
    assert differences(before, snapshot(machine)) == []


def test_every_problem_is_reported_together_and_nothing_is_changed(
    run_: Run, bare_network: BareNetwork, tmp_path: Path
) -> None:
    machines = bare_network.add_all(
        New("closed"),
        New("asking", user="admin", sudo="password"),
        New("late", "bookworm"),
        New("used"),
    )
    closed, asking, late, worker = machines
    closed.inside("rm", "/root/.ssh/authorized_keys")
    late.write("/usr/local/bin/date", LATE, "755")
    _live_in(worker)
    machine_id = late.inside("cat", "/etc/machine-id").stdout
    worker.inside("rm", "-f", "/etc/machine-id")
    worker.write("/etc/machine-id", machine_id)
    mac = bare_network.have_one_mac(late, worker)
    _take(VIP, late)
    before = snapshots(machines)
    scenario = existing.scenario(tmp_path, [closed, asking, late], [worker], password=False)

    name = run_.lab_name("unfit")
    told = labgen("up", str(scenario), "--name", name, check=False)
    assert told.exit_code == UNFIT
    for words in (
        "  master1: it refuses the login of root with the key",
        "  master2: sudo asks for a password of admin",
        "  master3: its clock is 360",
        "  master3: it has the machine-id of node1",
        f"  master3: it has the hardware address of node1, {mac}",
        f"  master3: it has the VIP {VIP} itself",
        "  node1: it has the machine-id of master3",
        f"  node1: it has the hardware address of master3, {mac}",
        f"  node1: an older cluster is on it: {', '.join(OLD_CLUSTER)}, /sys/class/net/cni0",
    ):
        assert words in told.stderr
    assert name not in store.names()
    for was, now in zip(before, snapshots(machines), strict=True):
        assert differences(was, now) == []


def test_a_host_key_is_trusted_only_when_the_user_names_it(
    bare_network: BareNetwork, tmp_path: Path
) -> None:
    machine, other = bare_network.add_all(New("known"), New("other"))
    true_key = machine.host_key
    scenario = existing.scenario(tmp_path, [machine], [])
    labgen("check", str(scenario))
    text = scenario.read_text()
    scenario.write_text(text.replace(true_key, other.host_key))
    told = labgen("check", str(scenario), check=False)
    assert told.exit_code == UNFIT
    assert "master1: its host key differs from the known one" in told.stderr
    scenario.write_text(text.replace(f'"hostKey": "{true_key}", ', ""))
    told = labgen("check", str(scenario), check=False)
    assert told.exit_code == UNFIT
    assert f"then write hostKey: {true_key}" in told.stderr


def _faults(name: str) -> None:
    """Inject a fault in a machine, a power cut, and a power cut of a machine without a switch."""
    lab = store.load(name)
    observations = Observations(lab)
    labgen("fault", "inject", name, "partition", "master2")
    seen(lambda: not observations.hears("master1", "master2"), "silence of master2", within=HEALED)
    labgen("fault", "heal", name)
    seen(lambda: len(observations.owners()) == 1, "one owner of the VIP", within=HEALED)
    refused = labgen("fault", "inject", name, "power-cut", "master1", check=False)
    assert refused.exit_code == UNFIT
    assert "the scenario names no command for the power of master1" in refused.stderr
    labgen("fault", "inject", name, "power-cut", "node1")
    assert observations.power("node1", State.OFF)
    labgen("fault", "heal", name)
    assert observations.power("node1", State.ON)
    words = ["--tier", "ha", "--disruptive", "--", "-k", "failover"]
    skipped = labgen("verify", name, *words, timeout=UP, check=False)
    assert "the scenario names no command for the power of master1" in skipped.stdout
    assert skipped.exit_code == HarnessError.exit_code  # nothing is known of the failover


def _down_without_the_one_that_is_dead(name: str, worker: BareMachine) -> None:
    """Remove the lab without a dead machine; clean that machine by the command that `down`
    prints."""
    labgen("stop", name, "node1", "--now")
    failed = labgen("down", name, timeout=UP, check=False)
    assert "the cluster is uninstalled from master1, master2, master3" in failed.stderr
    assert f"error: lab {name} is still on node1: no answer within" in failed.stderr
    assert name in store.names()
    told = labgen("down", name, "--without", "node1", timeout=UP).stderr
    assert "the cluster stays on node1" in told
    assert name not in store.names()
    words = existing.switch(worker)["on"]
    run(words, timeout=30)
    by_hand = told.partition("as root there: ")[2].splitlines()[0]
    seen(lambda: worker.inside("systemctl", "is-active", "ssh", check=False).ok, "its boot")
    worker.inside("sh", "-c", by_hand, timeout=UP)


def _rename_interface(machine: BareMachine, name: str, network: BareNetwork) -> None:
    lines = f"link set eth0 down\nlink set eth0 name {name}\nlink set {name} up\n"
    lines += f"route add default via {network.gateway}\n"
    run(["ip", "-n", machine.container, "-batch", "-"], timeout=30, input=lines)


def _live_in(machine: BareMachine) -> None:
    """Leave on the machine what kubeadm and a CNI plugin leave of a cluster."""
    for path in OLD_CLUSTER:
        machine.write(path, "")
    run(["ip", "-n", machine.container, "link", "add", "cni0", "type", "bridge"], timeout=30)


def _take(address: object, machine: BareMachine) -> None:
    words = ["ip", "-n", machine.container, "address", "add", f"{address}/{SUBNET.prefixlen}"]
    run([*words, "dev", "eth0"], timeout=30)
