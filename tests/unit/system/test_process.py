"""run(): the only way to run processes."""

import logging
import shlex
import time
from pathlib import Path

import pytest

from labgen.system.process import CommandFailed, CommandTimedOut, run
from tests.unit.system.processes import eventually, runs

FAILING = ["sh", "-c", "echo 'to stdout'; echo 'to stderr' >&2; exit 3"]


def test_output_comes_back_as_text_and_undecodable_bytes_are_replaced() -> None:
    done = run(["printf", r"caf\303\251 \377"], timeout=10)
    assert (done.stdout, done.exit_code, done.ok) == ("café \N{REPLACEMENT CHARACTER}", 0, True)


def test_words_are_not_read_by_a_shell() -> None:
    assert run(["echo", "$HOME; `id` *"], timeout=10).stdout == "$HOME; `id` *\n"


def test_failure_tells_exit_code_command_and_output() -> None:
    with pytest.raises(CommandFailed) as failed:
        run(FAILING, timeout=10)
    assert str(failed.value).splitlines() == [
        f"{Path(FAILING[0]).name} failed with exit code 3: to stderr",
        "    to stdout",
        "    to stderr",
        f"  command: {shlex.join(FAILING)}",
    ]


def test_failed_command_can_be_pasted_into_a_shell() -> None:
    awkward = ["sh", "-c", "exit 1", "a b", "it's", "$x", ""]
    with pytest.raises(CommandFailed) as failed:
        run(awkward, timeout=10)
    assert shlex.split(str(failed.value).splitlines()[-1])[1:] == awkward


def test_failure_shows_the_end_of_long_output() -> None:
    with pytest.raises(CommandFailed) as failed:
        run(["sh", "-c", "seq 100; exit 1"], timeout=10)
    assert str(failed.value).splitlines()[1:-1] == [f"    {number}" for number in range(86, 101)]


def test_failure_is_an_answer_where_it_is_not_checked() -> None:
    assert run(FAILING, timeout=10, check=False).exit_code == 3


def test_missing_program_is_exit_code_127() -> None:
    with pytest.raises(CommandFailed, match=r"exit code 127: .*No such") as failed:
        run(["no-such-program", "-x"], timeout=10)
    assert failed.value.completed.exit_code == 127
    assert run(["no-such-program"], timeout=10, check=False).exit_code == 127


def test_secrets_given_as_input_reach_the_process_and_no_message(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    length = run(["wc", "-c"], timeout=10, input="s3cret")
    with pytest.raises(CommandFailed) as failed:
        run(["sh", "-c", "cat >/dev/null; exit 1"], timeout=10, input=b"s3cret")
    assert length.stdout.strip() == "6"
    assert "wc -c" in caplog.text
    assert "s3cret" not in caplog.text + str(failed.value)


def test_much_input_and_output_go_through_a_process_that_takes_its_time() -> None:
    much = b"x" * 5_000_000
    done = run(["sh", "-c", "sleep 0.7; cat; sleep 0.7; echo"], timeout=30, input=much)
    assert len(done.stdout) == len(much) + 1


def test_without_input_standard_input_is_empty() -> None:
    assert run(["cat"], timeout=10).stdout == ""


def test_environment_is_added_to_this_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HERE", "1")
    show = ["sh", "-c", "echo $HERE $ADDED; pwd"]
    assert run(show, timeout=10, env={"ADDED": "2"}, cwd=tmp_path).stdout == f"1 2\n{tmp_path}\n"


def test_output_can_go_to_a_file(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as file:
        done = run(["echo", "kept"], timeout=10, stdout_to=file)
    assert ((tmp_path / "out").read_text(), done.stdout) == ("kept\n", "")


def test_timeout_kills_the_children_too(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = f"sleep 60 & echo $$ $! >{pids}; echo working; wait"
    with pytest.raises(CommandTimedOut) as late:
        run(["sh", "-c", script], timeout=0.3)
    assert str(late.value).startswith("command did not end within 0.3 s: sh -c ")
    assert late.value.last_seen == "working"
    for pid in pids.read_text().split():
        assert eventually(lambda pid=pid: not runs(int(pid)))  # type: ignore[misc]


def test_timeout_holds_although_an_escaped_child_keeps_the_output_open(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    begin = time.monotonic()
    with pytest.raises(CommandTimedOut):
        run(["sh", "-c", f"setsid sleep 20 & echo $! >{pid}; sleep 20"], timeout=0.3)
    run(["kill", pid.read_text().strip()], timeout=10, check=False)
    assert time.monotonic() - begin < 10
