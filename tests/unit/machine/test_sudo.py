"""Commands as root by sudo: the password on standard input, followed by the command's own input."""

import io
from pathlib import Path

import pytest

from labgen.errors import LabgenError
from labgen.machine.ssh import Ssh
from labgen.machine.sudo import Sudo
from tests.unit.system.stubs import stub

RUN_HERE = 'shift 4; exec sh -c "$*"'  # ssh -F CONFIG HOST -- WORDS
ASKING = 'read -r said; [ "$said" = secret ] || exit 1; shift 4; exec "$@"'  # sudo -S -p "" --
FREE = 'shift 4; exec "$@"'


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("secret\n")
    path.chmod(0o600)
    return path


def ssh_client(directory: Path, sudo: Sudo) -> Ssh:
    config = directory / "ssh_config"
    config.write_text(f"Host *\n  ControlPath {directory}/%n\n")
    return Ssh(config, sudo={"master1": sudo})


@pytest.mark.parametrize("sudo", [ASKING, FREE], ids=["asks", "does-not-ask"])
def test_a_command_gets_its_own_input_whether_sudo_took_the_password_or_not(
    sudo: str, password: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "ssh", RUN_HERE)
    stub(monkeypatch, tmp_path, "sudo", sudo)
    ssh = ssh_client(tmp_path, Sudo(password))
    assert ssh.run("master1", ["cat"], timeout=10, input=b"one\ntwo").stdout == "one\ntwo"
    assert ssh.run("master1", ["cat"], timeout=10).stdout == ""


def test_a_file_follows_the_password_from_where_it_stands(
    password: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "ssh", RUN_HERE)
    stub(monkeypatch, tmp_path, "sudo", ASKING)
    large = tmp_path / "large"
    large.write_bytes(b"0123456789" * 100_000)
    with large.open("rb") as file:
        file.seek(999_990, io.SEEK_SET)
        said = ssh_client(tmp_path, Sudo(password)).run(
            "master1", ["cat"], timeout=10, stdin_from=file
        )
    assert said.stdout == "0123456789"


def test_the_password_is_in_no_argument(
    password: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ssh = stub(monkeypatch, tmp_path, "ssh", "cat >/dev/null")
    ssh_client(tmp_path, Sudo(password)).run("master1", ["true"], timeout=10)
    assert "secret" not in str(ssh.calls)


def test_without_a_password_sudo_must_not_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, before = Sudo().wrap(["id", "-u"])
    assert words == ["sudo", "-n", "--", "id", "-u"]
    assert before == b""


def test_machines_of_root_need_no_sudo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub(monkeypatch, tmp_path, "ssh", RUN_HERE)
    ssh = ssh_client(tmp_path, Sudo(tmp_path / "absent"))
    assert ssh.run("master2", ["cat"], timeout=10, input="as it is").stdout == "as it is"


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        ("secret\n", 0o644, "others may read"),
        ("", 0o600, "has no password in its first line"),
        (None, 0o600, "cannot read"),
    ],
)
def test_a_password_that_cannot_be_had_is_told(
    content: str | None, mode: int, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "password"
    if content is not None:
        path.write_text(content)
        path.chmod(mode)
    with pytest.raises(LabgenError, match=words):
        Sudo(path).password()
