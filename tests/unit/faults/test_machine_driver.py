"""The scripts that are sent to a machine, and the meaning of its answers."""

import io
import tarfile
from pathlib import Path

import pytest

from labgen import faults
from labgen.errors import HostUnfit, LabgenError
from labgen.faults.machine_driver import moment
from labgen.lab.lab import Lab
from labgen.providers.base import State
from tests.unit.faults.machines import Switches
from tests.unit.system.stubs import stub


def test_the_machines_clock_is_believed_between_question_and_answer() -> None:
    said = "ok x\neffect 1000.25\n"
    assert moment(said, 0.1, 0.4, offset=1000.0) == pytest.approx(0.25)


@pytest.mark.parametrize("said", ["effect 999.0\n", "effect 2000.0\n", "", "changed x\n"])
def test_another_clock_gives_the_moment_of_the_answer(said: str) -> None:
    assert moment(said, 0.1, 0.4, offset=1000.0) == 0.4


def test_shell_and_facts_go_along_and_hold_no_secret(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "ssh", f"cat >'{tmp_path}/sent'")
    faults.inject(lab, "partition", "master2")
    with tarfile.open(fileobj=io.BytesIO((tmp_path / "sent").read_bytes())) as archive:
        names = set(archive.getnames())
        found = archive.extractfile("faults/fault.env")
        assert found
        facts = found.read().decode().splitlines()
    assert {"faults/run.sh", "faults/faults.table", "lib/report.sh", "lib/wait.sh"} <= names
    assert facts == [
        "MACHINE=master2",
        "RUNTIME=containerd",
        "ADDRESS=10.89.0.4",
        "GATEWAY=10.89.0.1",
        "SSH_PORT=22",
        "SUBNET=10.89.0.0/24",
        "POD_SUBNET=10.244.0.0/16",
        "CONTROL_PLANES='master1=10.89.0.3 master2=10.89.0.4 master3=10.89.0.5'",
        "CORES_SHARED_BY=6",
    ]


def test_what_the_machine_cannot_do_is_the_hosts_fault_with_its_words(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "ssh", "echo 'error: its kernel is old' >&2; exit 3")
    with pytest.raises(HostUnfit) as refused:
        faults.inject(lab, "partition", "master2")
    assert str(refused.value) == "partition cannot be injected into master2: its kernel is old"


def test_machine_containers_have_no_disk_to_fill(lab: Lab) -> None:
    with pytest.raises(HostUnfit, match="share the host's disk"):
        faults.inject(lab, "disk-full", "master1")
    assert faults.heal(lab) == []


def test_a_fault_on_disk_of_a_machine_without_power_is_active_and_waits_for_it(
    lab: Lab, switches: Switches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "ssh", "cat >/dev/null; echo changed it")
    done = faults.inject(lab, "api-server-stopped", "master2")
    switches.states["master2"] = State.OFF
    assert faults.active(lab) == [done]
    with pytest.raises(LabgenError) as failed:
        faults.heal(lab)
    assert failed.value.hint == "labgen start demo master2    then heal again"
    switches.states["master2"] = State.ON
    assert faults.heal(lab) == [done]


def test_a_machine_that_does_not_answer_has_its_fault_still(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "ssh", "cat >/dev/null")
    done = faults.inject(lab, "partition", "master2")
    stub(monkeypatch, tmp_path, "ssh", "exit 255")
    assert faults.active(lab) == [done]
    stub(monkeypatch, tmp_path, "ssh", "exit 4")
    assert faults.active(lab) == []


def test_one_fault_that_cannot_be_undone_keeps_no_other_from_it(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(
        monkeypatch, tmp_path, "ssh", "cat >/dev/null; case $* in *'heal partition'*) exit 1; esac"
    )
    faults.inject(lab, "partition", "master2")
    faults.inject(lab, "haproxy-killed", "master3")
    with pytest.raises(LabgenError, match="master2: heal of partition failed"):
        faults.heal(lab)
    assert [kept.fault for kept in faults.active(lab)] == ["partition"]
