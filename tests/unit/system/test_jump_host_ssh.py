"""The jump host, with a program that replaces ssh and records its calls."""

from ipaddress import IPv4Address
from itertools import pairwise
from pathlib import Path

import pytest

from labgen.system import jump_host as ssh_client
from labgen.system.jump_host import JumpHost, JumpHostFailed, failure
from labgen.system.process import run
from tests.unit.system.stubs import Stub, stub

# -O check|exit|forward asks the shared connection; -f opens it; a command runs here
BODY = """
for word; do
  case $word in ControlPath=*) socket=${word#*=} ;; esac
done
for word; do
  case $word in
  -f) : >"$socket" && echo alive >"$socket" && exit ;;
  -O) asked=yes ;;
  check) [ -s "$socket" ] && exit || exit 255 ;;
  forward) [ ! -e "$socket.taken" ] && exit || { echo "Port forwarding failed" >&2; exit 255; } ;;
  -W) printf 'SSH-2.0-x\\r\\n' && exit ;;
  esac
done
[ -z "$asked" ] || exit 0
while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done
shift
exec sh -c "$*"
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stub:
    return stub(monkeypatch, tmp_path, "ssh", BODY)


@pytest.fixture
def hop(tmp_path: Path) -> JumpHost:
    return JumpHost("bighost", "root", 2222, "/k", tmp_path / "run" / ".jump")


def options(call: list[str]) -> dict[str, str]:
    pairs = pairwise(call)
    return dict(word.split("=", 1) for option, word in pairs if option == "-o")


def test_the_shared_connection_is_opened_once_and_asks_nobody(hop: JumpHost, program: Stub) -> None:
    hop.open()
    hop.open()
    first, second = program.calls
    assert {"-f", "-N"} <= set(first)
    assert first[-7:] == ["-p", "2222", "-l", "root", "-i", "/k", "bighost"]
    assert options(first)["BatchMode"] == "yes"
    assert options(first)["StrictHostKeyChecking"] == "yes"
    assert options(first)["ControlMaster"] == "yes"
    assert second[-3:] == ["-O", "check", "bighost"]


def test_a_dead_connection_is_replaced(hop: JumpHost, program: Stub) -> None:
    assert hop.socket is not None
    hop.socket.parent.mkdir()
    hop.socket.touch()
    hop.open()
    assert hop.socket.read_text() == "alive\n"


def test_words_arrive_as_they_were(hop: JumpHost, program: Stub) -> None:
    awkward = ["a b", "it's", "$HOME", "*", "", "-x"]
    assert hop.run(["printf", "[%s]", *awkward], timeout=10).stdout == "".join(
        f"[{word}]" for word in awkward
    )
    assert options(program.calls[0])["ControlMaster"] == "no"


def test_a_greeting_comes_through_the_host(hop: JumpHost, program: Stub) -> None:
    assert hop.greeting("10.89.0.3", 22, timeout=5).startswith("SSH-")
    assert program.calls[0][-3:] == ["-W", "[10.89.0.3]:22", "bighost"]


def test_no_greeting_says_why(
    hop: JumpHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "channel 0: open failed: connect failed: No route to host"
    stub(monkeypatch, tmp_path, "ssh", f"echo '{said}' >&2; exit 255")
    with pytest.raises(JumpHostFailed) as silent:
        hop.greeting("10.89.0.3", 22, timeout=5)
    assert silent.value.message == f"bighost cannot connect to 10.89.0.3:22: {said}"


def test_a_port_here_leads_to_the_same_port_there(hop: JumpHost, program: Stub) -> None:
    hop.forward(IPv4Address("127.89.0.244"), IPv4Address("10.89.0.244"), 8443)
    words = program.calls[0]
    assert words[words.index("-L") + 1] == "127.89.0.244:8443:10.89.0.244:8443"


def test_a_port_that_is_taken_here_is_told(hop: JumpHost, program: Stub) -> None:
    assert hop.socket is not None
    hop.socket.parent.mkdir()
    hop.socket.with_name(".jump.taken").touch()
    with pytest.raises(JumpHostFailed) as taken:
        hop.forward(IPv4Address("127.89.0.244"), IPv4Address("10.89.0.244"), 8443)
    assert str(taken.value) == (
        "cannot listen on 127.89.0.244:8443, which has to lead to 10.89.0.244:8443\n"
        "  last seen: Port forwarding failed\n"
        "  to see what listens there: ss -ltnp sport = :8443"
    )


def test_close_leaves_no_socket_and_minds_none(hop: JumpHost, program: Stub) -> None:
    hop.close()
    assert program.calls == []
    hop.open()
    hop.close()
    assert hop.socket is not None
    assert not hop.socket.exists()
    assert program.calls[-1][-3:] == ["-O", "exit", "bighost"]


def test_the_proxy_command_is_the_same_way_without_a_question(tmp_path: Path) -> None:
    """Let OpenSSH parse it: a % in a path must stay a %."""
    hop = JumpHost("bighost", "root", identity="/keys/100%", socket=tmp_path / ".jump")
    config = tmp_path / "config"
    config.write_text(f"Host *\n  ProxyCommand {hop.proxy_command}\n")
    shown = run(["ssh", "-F", config, "-G", "master1"], timeout=30).stdout.splitlines()
    [line] = [line for line in shown if line.startswith("proxycommand ")]
    assert "BatchMode=yes" in line
    assert line.endswith("-l root -i /keys/100%% -W '[%h]:%p' bighost")


UNKNOWN = """\
No ED25519 host key is known for bighost and you have requested strict checking.
Host key verification failed.
"""
CHANGED = """\
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
Host key verification failed.
"""
REFUSED = "root@bighost: Permission denied (publickey).\n"
UNREACHABLE = "ssh: connect to host bighost port 2222: No route to host\n"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            UNKNOWN,
            [
                "SSH does not know the host key of bighost",
                "log in once, compare the key and accept it: LOGIN",
            ],
        ),
        (
            CHANGED,
            [
                "the SSH host key of bighost differs from the known one",
                (
                    "find out why; if bighost was reinstalled: "
                    "ssh-keygen -R '[bighost]:2222'    then: LOGIN"
                ),
            ],
        ),
        (
            REFUSED,
            [
                "bighost accepts none of the SSH keys on this host",
                f"last seen: {REFUSED.strip()}",
                "this command must work without a prompt: LOGIN true",
            ],
        ),
        (
            UNREACHABLE,
            [
                "bighost cannot be reached over SSH",
                f"last seen: {UNREACHABLE.strip()}",
                "this command must work without a prompt: LOGIN true",
            ],
        ),
    ],
    ids=["unknown", "changed", "refused", "unreachable"],
)
def test_what_is_wrong_with_the_host_is_said_in_one_error(
    hop: JumpHost, said: str, told: list[str]
) -> None:
    lines = str(failure(hop, said)).replace(hop.command, "LOGIN").splitlines()
    assert [line.strip() for line in lines] == told


def test_a_host_that_does_not_answer_is_given_up(
    hop: JumpHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "ssh", "exec sleep 60")
    monkeypatch.setattr(ssh_client, "OPEN", 0.2)
    with pytest.raises(JumpHostFailed, match="cannot be reached over SSH"):
        hop.open()
