"""A lab's secrets: created once, readable only by their owner."""

import re
from pathlib import Path

import pytest

from labgen.lab import keys
from labgen.lab.lab import Lab
from tests.unit.lab.samples import REMOTE, made, mode
from tests.unit.system.stubs import stub


def _all(lab: Lab) -> dict[str, bytes]:
    files = [path for path in lab.keys.rglob("*") if path.is_file()]
    return {str(path.relative_to(lab.keys)): path.read_bytes() for path in files}


def test_private_keys_and_join_secrets_are_readable_by_their_owner_only() -> None:
    lab = made()
    keys.ensure(lab)
    keys.join_secrets(lab)
    identity = keys.machine_identity(lab, lab.machines[0])
    private = [keys.client_key(lab), identity / "ssh_host_ed25519_key", lab.keys / "join.json"]
    assert [mode(path) for path in private] == [0o600] * 3
    assert mode(identity) == 0o700


def test_secrets_stay_the_same() -> None:
    lab = made()
    keys.ensure(lab)
    first = keys.join_secrets(lab)
    before = _all(lab)
    keys.ensure(lab)
    assert keys.join_secrets(lab) == first
    assert _all(lab) == before


def test_two_labs_share_no_secret() -> None:
    one, other = made(name="one"), made(name="other")
    for lab in (one, other):
        keys.ensure(lab)
    assert keys.join_secrets(one) != keys.join_secrets(other)
    assert not set(_all(one).values()) & set(_all(other).values())


def test_join_secrets_have_the_forms_that_kubeadm_wants() -> None:
    secrets = keys.join_secrets(made())
    assert re.fullmatch(r"[a-z0-9]{6}\.[a-z0-9]{16}", secrets.token)
    assert re.fullmatch(r"[0-9a-f]{64}", secrets.certificate_key)


def test_every_machines_host_key_is_pinned_by_its_address() -> None:
    lab = made("ha-3x0")
    keys.ensure(lab)
    lines = keys.known_hosts(lab).read_text().splitlines()
    pinned = {line.split()[0]: line.split()[2] for line in lines}
    assert list(pinned) == ["10.89.0.3", "10.89.0.4", "10.89.0.5"]
    for machine in lab.machines:
        public = keys.machine_identity(lab, machine) / "ssh_host_ed25519_key.pub"
        assert pinned[str(machine.address)] == public.read_text().split()[1]


def test_only_the_labs_own_key_may_log_in() -> None:
    lab = made()
    keys.ensure(lab)
    allowed = keys.machine_identity(lab, lab.machines[0]) / "authorized_keys"
    assert allowed.read_text() == keys.client_key(lab).with_suffix(".pub").read_text()


def test_a_key_that_was_half_made_is_made_again() -> None:
    lab = made()
    keys.client_key(lab).write_text("half")
    keys.ensure(lab)
    assert keys.client_key(lab).read_text().startswith("-----BEGIN OPENSSH PRIVATE KEY-----")


def test_machines_behind_a_jump_are_asked_for_their_host_keys_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = made(overrides=REMOTE)
    keys.ensure_client(lab)
    program = stub(monkeypatch, tmp_path, "ssh", "echo 10.89.0.3 ssh-ed25519 AAAA")
    stub(monkeypatch, tmp_path, "ssh-keyscan", "exit 1")
    keys.learn_hosts(lab)
    assert program.calls[0][-1].startswith("ssh-keyscan ")
    assert keys.known_hosts(lab).read_text() == "10.89.0.3 ssh-ed25519 AAAA\n"
