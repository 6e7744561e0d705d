"""The route to a lab is checked before any packet is sent."""

import shutil
from pathlib import Path

import pytest

from labgen.errors import LabgenError
from labgen.lab import ownership, store
from labgen.machine import access
from labgen.system import netns
from labgen.system.jump_host import JumpHost
from tests.unit.lab.samples import REMOTE, lab, made, mode
from tests.unit.system.stubs import Stub, stub

ELSEWHERE = lab("single", *REMOTE)


@pytest.fixture
def hop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JumpHost:
    found = JumpHost("bighost", socket=tmp_path / "run/.jump")
    monkeypatch.setattr(type(ELSEWHERE), "jump", property(lambda _: found))
    return found


def _ssh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, device: str) -> Stub:
    answer = f'case $* in *"route get"*) echo "10.89.0.3 dev {device} src 10.89.0.1" ;; esac'
    return stub(monkeypatch, tmp_path, "ssh", answer)


def test_the_route_to_a_lab_elsewhere_is_asked_there_and_then_its_api_is_led_here(
    hop: JumpHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ip = stub(monkeypatch, tmp_path, "ip", "exit 2")
    program = _ssh(monkeypatch, tmp_path, ELSEWHERE.bridge)
    access.ensure_route(ELSEWHERE)
    said = [" ".join(call) for call in program.calls]
    assert said[0].endswith("bighost")
    assert [line.partition(" -- ")[2] for line in said[1:3]] == [
        "ip -o route get 10.89.0.3",
        "ip -o route get 10.89.0.244",
    ]
    assert "-L 127.89.0.244:8443:10.89.0.244:8443" in said[3]
    assert ip.calls == []


def test_another_bridge_there_is_refused_before_a_port_leads_to_it(
    hop: JumpHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = _ssh(monkeypatch, tmp_path, "eth0")
    with pytest.raises(LabgenError) as refused:
        access.ensure_route(ELSEWHERE)
    assert refused.value.message == (
        f"packets to 10.89.0.3 do not go through the lab's own bridge {ELSEWHERE.bridge} "
        "on bighost: they would leave by eth0; nothing was sent"
    )
    assert not any("-L" in call for call in program.calls)


def test_the_way_begins_in_the_network_namespace_that_the_lab_was_made_in(
    hop: JumpHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Check the namespace, because a listener in one namespace is unreachable from another."""
    program = _ssh(monkeypatch, tmp_path, ELSEWHERE.bridge)
    monkeypatch.setattr(netns, "inode", lambda: 4711)
    with pytest.raises(LabgenError, match="lab demo cannot be reached from this network namespace"):
        access.ensure_route(ELSEWHERE)
    assert program.calls == []


def test_a_lab_that_was_moved_while_it_runs_is_reached_with_its_key_in_the_new_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "one"))
    found = made("single", "demo")
    stub(monkeypatch, tmp_path, "ip", f'echo "10.89.0.3 dev {found.bridge}"')
    access.write_ssh_config(found)
    access.ensure_route(found)
    (tmp_path / "one").rename(tmp_path / "other")
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "other"))
    access.ensure_route(found)
    text = found.ssh_config.read_text()
    assert f'IdentityFile "{found.keys}/id_ed25519"' in text
    assert f"{tmp_path}/one" not in text


def test_the_place_of_shared_connections_is_there_again_after_a_boot_of_this_host(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = made("single", "demo")
    stub(monkeypatch, tmp_path, "ip", f'echo "10.89.0.3 dev {found.bridge}"')
    access.ensure_route(found)
    assert [note.owner.directory for note in ownership.notes()] == [found.directory]
    assert mode(found.sockets) == 0o700
    shutil.rmtree(found.sockets)
    store.remove(found)
    access.ensure_route(found)  # of a lab that is gone, nothing comes back
    assert not found.sockets.exists()
