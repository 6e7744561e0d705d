"""SSH, with a program that replaces ssh and runs commands here, as sshd's shell would."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from labgen.errors import LabgenError
from labgen.machine import ssh as ssh_client
from labgen.machine.ssh import Ssh
from labgen.system.jump_host import JumpHost
from labgen.system.process import CommandFailed, CommandTimedOut
from tests.unit.system.stubs import Stub, stub

MANY = 5  # connections that are enough to see what is not to be
# ssh -F CONFIG WORDS: -f -N -M HOST opens the shared connection, -O check|exit HOST asks it
BODY = """
shift 2
case $1 in
-f) : >"$SOCKETS/$4" ;;
-O) [ -s "$SOCKETS/$3" ] || exit 255 ;;
*) [ "$2" = -- ] && shift 2 && exec sh -c "$*" ;;
esac
"""


@pytest.fixture
def sockets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "sockets"
    directory.mkdir()
    monkeypatch.setenv("SOCKETS", str(directory))
    return directory


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sockets: Path) -> Stub:
    return stub(monkeypatch, tmp_path, "ssh", BODY)


@pytest.fixture
def machines(tmp_path: Path, sockets: Path, program: Stub) -> Ssh:
    config = tmp_path / "ssh_config"
    config.write_text(f"Host *\n  ControlPath {sockets}/%n\n")
    return Ssh(config)


@pytest.fixture
def sshd(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield an address where a server sends a greeting like sshd's."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(ssh_client, "PORT", server.getsockname()[1])

        def greet() -> None:
            connection, _ = server.accept()
            connection.sendall(b"SSH-2.0-x\r\n")
            connection.close()

        thread = threading.Thread(target=greet)
        thread.start()
        yield "127.0.0.1"
        thread.join()


def test_words_arrive_as_they_were_whatever_is_in_them(machines: Ssh) -> None:
    awkward = ["a b", "it's", "$HOME", "`id`", "*", "", "-x", "line\nbreak", "ä"]
    done = machines.run("master1", ["printf", "[%s]", *awkward], timeout=10)
    assert done.stdout == "".join(f"[{word}]" for word in awkward)


def test_every_call_uses_the_labs_ssh_config_alone(machines: Ssh, program: Stub) -> None:
    machines.run("master1", ["true"], timeout=10)
    assert program.calls == [["-F", str(machines.config), "master1", "--", "true"]]


def test_a_failing_command_is_an_error_or_an_answer(machines: Ssh) -> None:
    with pytest.raises(CommandFailed):
        machines.run("master1", ["false"], timeout=10)
    assert machines.run("master1", ["false"], timeout=10, check=False).exit_code == 1


def test_connect_waits_for_the_greeting_and_opens_one_connection(
    machines: Ssh, program: Stub, sshd: str, sockets: Path
) -> None:
    machines.connect("master1", sshd, timeout=10)
    assert [call[2:] for call in program.calls] == [["-f", "-N", "-M", "master1"]]
    assert (sockets / "master1").exists()


def test_connect_leaves_a_machine_that_is_slow_to_greet_its_time(
    machines: Ssh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Simulate a slow machine: attempts that are given up early keep it busy with greetings that no
    client reads."""
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as beside:
        monkeypatch.setattr(ssh_client, "PORT", server.getsockname()[1])
        asked = beside.submit(_asked_until_greeted, server)
        machines.connect("master1", "127.0.0.1", timeout=10)
        assert asked.result() == 1


def _asked_until_greeted(server: socket.socket, patience: float = 2.0) -> int:
    """Send a greeting only when no client has connected for patience seconds; return how many
    connected."""
    came = [server.accept()[0]]
    server.settimeout(patience)
    with contextlib.suppress(TimeoutError):
        while len(came) < MANY:
            came.append(server.accept()[0])
    for connection in came:
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"SSH-2.0-x\r\n")
    return len(came)


def test_connect_opens_a_new_connection_in_place_of_a_dead_one(
    machines: Ssh, program: Stub, sshd: str, sockets: Path
) -> None:
    (sockets / "master1").touch()
    machines.connect("master1", sshd, timeout=10)
    assert program.calls[-1][2:] == ["-f", "-N", "-M", "master1"]


def test_connect_keeps_a_connection_that_works_and_does_not_knock_beside_it(
    machines: Ssh, program: Stub, sockets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh_client, "PORT", 0)  # where nobody listens
    (sockets / "master1").write_text("alive")
    machines.connect("master1", "127.0.0.1", timeout=0.2)
    asked = [["-O", "check", "master1"], ["master1", "--", "true"]]
    assert [call[2:] for call in program.calls] == asked


def test_only_a_machine_that_does_something_answers(
    machines: Ssh, sockets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not machines.answers("master1")
    (sockets / "master1").write_text("alive")
    assert machines.answers("master1")
    monkeypatch.setattr(ssh_client, "ASK", 0.2)
    stub(monkeypatch, tmp_path, "ssh", "[ $3 = -O ] || exec sleep 30")
    assert not machines.answers("master1")


def test_connect_tells_what_it_last_saw_of_a_machine_that_does_not_answer(
    machines: Ssh, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setattr(ssh_client, "PORT", nobody.getsockname()[1])
        with pytest.raises(LabgenError) as late:
            machines.connect("master1", "127.0.0.1", timeout=0.2)
    assert late.value.message == (
        "master1 answering on SSH at 127.0.0.1 did not happen within 0.2 s"
    )
    assert late.value.last_seen == "[Errno 111] Connection refused"


def test_close_minds_no_connection_that_hangs(
    machines: Ssh, sockets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(*arguments: object, **options: object) -> None:
        raise CommandTimedOut(("ssh",), 10, "", "")

    monkeypatch.setattr(ssh_client, "run", hang)
    (sockets / "master1").write_text("alive")
    machines.close(["master1"])
    assert list(sockets.iterdir()) == []


def test_close_removes_sockets_and_asks_only_where_there_are_some(
    machines: Ssh, program: Stub, sockets: Path
) -> None:
    (sockets / "master1").write_text("alive")
    machines.close(["master1", "master2"])
    assert [call[2:] for call in program.calls] == [["-O", "exit", "master1"]]
    assert list(sockets.iterdir()) == []


def test_connect_waits_for_a_greeting_that_comes_through_a_jump(
    machines: Ssh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Assert that nothing is sent to the machine directly."""
    silent = tmp_path / "silent"
    silent.touch()
    greet = f"case $* in *-W*) rm '{silent}' 2>/dev/null || printf SSH-2.0-x ;; esac"
    program = stub(monkeypatch, tmp_path, "ssh", greet)
    through = Ssh(machines.config, JumpHost("bighost"))
    through.connect("master1", "192.0.2.3", timeout=10)
    asked = [call for call in program.calls if "[192.0.2.3]:22" in call]
    assert len(asked) == 2
    assert program.calls[-1][2:] == ["-f", "-N", "-M", "master1"]
