"""Shell scripts that are sent to a machine, run in a directory through an ssh that is bash."""

import io
import tarfile
from pathlib import Path

import pytest

from labgen.lab.lab import Lab
from labgen.machine.push import Script, ScriptFailed, push
from labgen.machine.ssh import Ssh
from labgen.render.files import File
from labgen.system.process import Completed
from tests.unit.lab.samples import made
from tests.unit.system.stubs import stub

# An ssh that runs the command line on this host, as sshd's shell does.
HERE = 'bash -c "${@: -1}"'


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    stub(monkeypatch, tmp_path, "ssh", HERE)
    return made("single")


def _push(lab: Lab, text: str, **settings: object) -> Completed:
    files = {"room/run.sh": File(text), "room/secret": File("s3cret\n", 0o600)}
    given = {"place": str(lab.directory / "machine"), "timeout": 20.0, **settings}
    script = Script("the test", "room/run.sh", ("a b", "c"), files=files, **given)  # type: ignore[arg-type]
    return push(lab, Ssh(lab.ssh_config), lab.machines[0], script)


def test_the_script_runs_with_its_arguments_next_to_its_files(sample: Lab) -> None:
    done = _push(sample, 'printf "%s\\n" "$@"; stat -c %a "${0%/*}/secret"')
    assert done.stdout.splitlines() == ["a b", "c", "600"]


def test_without_a_place_nothing_stays_on_the_machine(sample: Lab) -> None:
    place = _push(sample, 'echo "${0%/room*}"', place="").stdout.strip()
    assert place.startswith("/run/labgen.")
    assert not Path(place).exists()
    with pytest.raises(ScriptFailed) as failed:
        _push(sample, 'echo "${0%/room*}"; exit 5', place="")
    assert failed.value.last_seen
    assert not Path(failed.value.last_seen).exists()


def test_what_comes_before_and_after_runs_where_it_is_named(sample: Lab) -> None:
    done = _push(sample, "echo script", before="echo before", after="echo after")
    assert done.stdout.split() == ["before", "script", "after"]
    with pytest.raises(ScriptFailed) as failed:
        _push(sample, "exit 7", after="echo after")
    assert failed.value.message == "master1: the test failed with exit code 7"
    assert failed.value.last_seen == "no output"


def test_an_exit_code_that_is_an_answer_is_no_failure(sample: Lab) -> None:
    assert _push(sample, "exit 4", answers=frozenset({0, 4})).exit_code == 4


def test_a_failure_shows_the_last_lines_and_the_log_that_has_all(sample: Lab) -> None:
    text = "seq 20; for n in {1..20}; do echo line $n >&2; done; exit 3"
    with pytest.raises(ScriptFailed) as failed:
        _push(sample, text, log="test", hint="to inspect: labgen ssh demo master1")
    assert failed.value.last_seen
    assert failed.value.last_seen.split("\n    ") == [f"line {n}" for n in range(13, 21)]
    assert failed.value.hint == "to inspect: labgen ssh demo master1"
    assert failed.value.log == sample.logs / "master1-test.log"
    lines = failed.value.log.read_text().splitlines()
    assert lines[0] == "--- a b c: failed with exit code 3"
    assert len(lines) == 41


@pytest.mark.parametrize(("slowdown", "limit"), [(1, 0.5), (3, 1.5)])
def test_a_slow_lab_has_so_many_times_the_timeout(
    sample: Lab, monkeypatch: pytest.MonkeyPatch, slowdown: int, limit: float
) -> None:
    monkeypatch.setattr(Lab, "slowdown", slowdown)
    with pytest.raises(ScriptFailed) as failed:
        _push(sample, "echo so far; sleep 60", timeout=0.5)
    assert failed.value.message == f"master1: the test did not end within {limit:g} s"
    assert failed.value.last_seen == "so far"


def test_no_content_is_on_the_command_line(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ssh = stub(monkeypatch, tmp_path, "ssh", f"cat >'{tmp_path}/sent'")
    _push(sample, "true", directories={"lib": "lib"})
    assert "s3cret" not in str(ssh.calls)
    with tarfile.open(fileobj=io.BytesIO((tmp_path / "sent").read_bytes())) as archive:
        members = archive.getmembers()
    assert {"lib/wait.sh", "room/run.sh"} <= {member.name for member in members}
    assert {(member.uid, member.gid) for member in members} == {(0, 0)}


@pytest.mark.parametrize(("downloads", "seen"), [(False, ""), (True, "http://proxy:3128 all")])
def test_the_proxies_of_a_machines_login_reach_only_what_downloads(
    sample: Lab, monkeypatch: pytest.MonkeyPatch, downloads: bool, seen: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("no_proxy", "all")
    text = 'printf "%s\\n" "${HTTPS_PROXY:-}${no_proxy:+ $no_proxy}"'
    assert _push(sample, text, downloads=downloads).stdout.strip() == seen
