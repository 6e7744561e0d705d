"""Machines that exist: read before anything is changed, then a lab, then as they were before."""

import json
from collections.abc import Sequence
from pathlib import Path

from labgen.lab import store
from labgen.providers.base import State
from labgen.report.errors import HostUnfit
from labgen.system.run import run
from tests.labs.health import assert_healthy
from tests.labs.plain import PASSWORD, SUBNET, PlainMachine, PlainNetwork
from tests.labs.program import UP, labgen
from tests.labs.runs import Run
from tests.labs.sights import Sights, seen
from tests.labs.snapshot import differences, snapshot

UNFIT = HostUnfit.exit_code
VIP = SUBNET.network_address + 244
# A wrong clock, on a kernel that has only one: what date says is all that is asked.
LATE = "#!/bin/sh\nnow=$(/usr/bin/date +%s)\necho $((now - 3600)).0\n"
HEALED = 120.0  # seconds


def test_machines_that_exist_become_a_lab_and_are_as_they_were_afterwards(
    run_: Run, plain_network: PlainNetwork, taken_down: list[str], tmp_path: Path
) -> None:
    masters = [
        plain_network.add("one", "trixie"),
        plain_network.add("two", "bookworm", user="admin", sudo="password"),
        plain_network.add("three", "trixie", user="admin", sudo="free"),
    ]
    worker = plain_network.add("four", "bookworm")
    machines = [*masters, worker]
    _rename_interface(masters[2], "ens3", plain_network)
    before = [snapshot(machine) for machine in machines]
    power = {worker.name: _power(worker)}
    scenario = _scenario(tmp_path, masters, [worker], power)
    name = run_.lab_name("site")
    taken_down.append(name)

    assert "nothing is in the way" in labgen("check", str(scenario)).stderr
    planned = labgen("plan", str(scenario)).stdout
    assert "to be changed on master3, and back by `down`:" in planned
    assert f"the VIP {VIP} on ens3" in planned

    labgen("up", str(scenario), "--name", name, timeout=UP)
    lab = store.load(name)
    assert_healthy(lab)
    again = labgen("up", str(scenario), "--name", name, timeout=UP)
    assert "nothing had to be changed" in again.stderr
    assert labgen("exec", name, "master2", "--", "id", "-u").stdout == "0\n"
    labgen("verify", name, timeout=UP)

    _faults(name)
    labgen("down", name, timeout=UP)
    for machine, was in zip(machines, before, strict=True):
        assert differences(was, snapshot(machine)) == []
    assert "nothing is in the way" in labgen("check", str(scenario)).stderr


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_changed(
    run_: Run, plain_network: PlainNetwork, tmp_path: Path
) -> None:
    closed = plain_network.add("closed")
    asking = plain_network.add("asking", user="admin", sudo="password")
    late = plain_network.add("late", "bookworm")
    worker = plain_network.add("used")
    machines = [closed, asking, late, worker]
    closed.inside("rm", "/root/.ssh/authorized_keys")
    late.write("/usr/local/bin/date", LATE, "755")
    worker.write("/etc/kubernetes/kubelet.conf", "")
    machine_id = late.inside("cat", "/etc/machine-id").stdout
    worker.inside("rm", "-f", "/etc/machine-id")
    worker.write("/etc/machine-id", machine_id)
    _take(VIP, late)
    before = [snapshot(machine) for machine in machines]
    scenario = _scenario(tmp_path, [closed, asking, late], [worker], {}, password=False)

    name = run_.lab_name("unfit")
    told = labgen("up", str(scenario), "--name", name, check=False)
    assert told.exit_code == UNFIT
    for words in (
        "  master1: it does not let root in with the key",
        "  master2: sudo wants a password of admin",
        "  master3: its clock is 3600",
        "  master3: it has the machine-id of node1",
        f"  master3: it has the VIP {VIP} itself",
        "  node1: it has the machine-id of master3",
        "  node1: an older cluster is on it: /etc/kubernetes/kubelet.conf",
    ):
        assert words in told.stderr
    assert name not in store.names()
    for machine, was in zip(machines, before, strict=True):
        assert differences(was, snapshot(machine)) == []


def test_a_host_key_is_trusted_only_when_somebody_says_so(
    plain_network: PlainNetwork, tmp_path: Path
) -> None:
    machine, other = plain_network.add("known"), plain_network.add("other")
    true_key = _host_key(machine)
    scenario = _scenario(tmp_path, [machine], [], {})
    labgen("check", str(scenario))
    text = scenario.read_text()
    scenario.write_text(text.replace(true_key, _host_key(other)))
    told = labgen("check", str(scenario), check=False)
    assert told.exit_code == UNFIT
    assert "master1: its host key is another than the one that is known" in told.stderr
    scenario.write_text(text.replace(f'"hostKey": "{true_key}", ', ""))
    told = labgen("check", str(scenario), check=False)
    assert told.exit_code == UNFIT
    assert f"then write hostKey: {true_key}" in told.stderr


def _faults(name: str) -> None:
    """One in a machine, one of power, and one of power where nobody named a switch."""
    lab = store.load(name)
    sights = Sights(lab)
    labgen("fault", "inject", name, "partition", "master2")
    seen(lambda: not sights.hears("master1", "master2"), "silence of master2", within=HEALED)
    labgen("fault", "heal", name)
    seen(lambda: len(sights.owners()) == 1, "one owner of the VIP", within=HEALED)
    refused = labgen("fault", "inject", name, "power-cut", "master1", check=False)
    assert refused.exit_code == UNFIT
    assert "the scenario names no command for the power of master1" in refused.stderr
    labgen("fault", "inject", name, "power-cut", "node1")
    assert sights.power("node1", State.OFF)
    labgen("fault", "heal", name)
    assert sights.power("node1", State.ON)
    words = ["--tier", "ha", "--disruptive", "-k", "failover"]
    skipped = labgen("verify", name, *words, timeout=UP)
    assert "the scenario names no command for the power of master1" in skipped.stdout


def _scenario(
    directory: Path,
    masters: Sequence[PlainMachine],
    workers: Sequence[PlainMachine],
    power: dict[str, dict[str, list[str]]],
    *,
    password: bool = True,
) -> Path:
    """A file as a user writes it, in the YAML that is JSON."""
    secret = directory / "password"
    secret.write_text(f"{PASSWORD}\n")
    secret.chmod(0o600)
    groups = [("control-plane", masters), ("worker", workers)]
    told = {
        "name": "site",
        "network": {"subnet": str(SUBNET), "vip": str(VIP)},
        "provider": {"name": "ssh", **({"sudoPasswordFile": "password"} if password else {})},
        "machines": [
            {"role": role, "hosts": [_host(machine, power) for machine in group]}
            for role, group in groups
            if group
        ],
    }
    path = directory / "site.yaml"
    path.write_text(json.dumps(told))
    return path


def _host(machine: PlainMachine, power: dict[str, dict[str, list[str]]]) -> dict[str, object]:
    return {
        "address": str(machine.address),
        "user": machine.user,
        "hostKey": _host_key(machine),
        "key": str(machine.key),
        **({"power": power[machine.name]} if machine.name in power else {}),
    }


def _host_key(machine: PlainMachine) -> str:
    return " ".join(machine.known_hosts.read_text().split()[1:3])


def _power(machine: PlainMachine) -> dict[str, list[str]]:
    """A smart plug, as it were."""
    podman = ["podman", "--runtime", "runc"]
    return {
        "on": [*podman, "start", machine.container],
        "off": [*podman, "kill", "--signal", "KILL", machine.container],
    }


def _rename_interface(machine: PlainMachine, name: str, network: PlainNetwork) -> None:
    lines = f"link set eth0 down\nlink set eth0 name {name}\nlink set {name} up\n"
    lines += f"route add default via {network.gateway}\n"
    run(["ip", "-n", machine.container, "-batch", "-"], timeout=30, input=lines)


def _take(address: object, machine: PlainMachine) -> None:
    words = ["ip", "-n", machine.container, "address", "add", f"{address}/{SUBNET.prefixlen}"]
    run([*words, "dev", "eth0"], timeout=30)
