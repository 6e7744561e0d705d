"""Running phases on a machine: what arrives, what is kept, what a failure reports."""

import io
import tarfile
from pathlib import Path

import pytest

from labgen.lab.lab import Lab
from labgen.machine.push import ScriptFailed
from labgen.providers.container.provider import ContainerProvider
from labgen.render.files import File
from labgen.up.context import Context, in_payload
from labgen.up.graph import Outcome
from tests.unit.lab.samples import made, mode
from tests.unit.system.stubs import Stub, stub

SECRET = File("token: s3cret\n", 0o600)


@pytest.fixture
def sample() -> Lab:
    return made("single")


def _machine(
    monkeypatch: pytest.MonkeyPatch, directory: Path, *says: str, code: int = 0, err: str = ""
) -> Stub:
    """Return an ssh to a machine that stores what it receives, prints lines and ends with code."""
    lines = "; ".join(["true", *(f"echo '{line}'" for line in says)])
    body = f"cat >'{directory}/received'; {lines}; printf '{err}' >&2; exit {code}"
    return stub(monkeypatch, directory, "ssh", body)


def _run(sample: Lab, *, afresh: bool = False, timeout: float = 10) -> Outcome:
    context = Context(sample, ContainerProvider())
    files = in_payload({"kubeadm.yaml": SECRET})
    machine = sample.machines[0]
    return context.run_phases(machine, "cni", "join", files=files, timeout=timeout, afresh=afresh)


@pytest.mark.parametrize(
    ("says", "outcome"),
    [(["ok member"], Outcome.OK), (["ok a", "changed b"], Outcome.CHANGED), ([], Outcome.OK)],
)
def test_a_machine_that_changed_anything_has_changed(
    sample: Lab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    says: list[str],
    outcome: Outcome,
) -> None:
    _machine(monkeypatch, tmp_path, *says)
    assert _run(sample) is outcome


def test_files_arrive_with_content_and_mode_and_never_on_the_command_line(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = _machine(monkeypatch, tmp_path)
    _run(sample)
    with tarfile.open(fileobj=io.BytesIO((tmp_path / "received").read_bytes())) as archive:
        (member,) = archive.getmembers()
        content = archive.extractfile(member)
        assert (member.name, member.mode) == ("etc/labgen/payload/kubeadm.yaml", 0o600)
        assert content
        assert content.read().decode() == SECRET.content
    assert "s3cret" not in str(program.calls)
    assert program.calls[0][-1].endswith(" opt/labgen/provisioners/run.sh cni join")


def test_afresh_the_provisioners_go_along_as_roots_own(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _machine(monkeypatch, tmp_path)
    _run(sample, afresh=True)
    with tarfile.open(tmp_path / "received") as archive:
        members = archive.getmembers()
    assert "opt/labgen/provisioners/run.sh" in {member.name for member in members}
    assert {(member.uid, member.gid) for member in members} == {(0, 0)}


def test_a_failed_phase_tells_the_last_lines_where_the_log_is_and_what_to_type(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _machine(monkeypatch, tmp_path, "changed a", code=4, err="first\\nerror: join.sh:3\\n")
    with pytest.raises(ScriptFailed) as failed:
        _run(sample)
    assert failed.value.message == "master1: phase cni join failed with exit code 4"
    assert failed.value.last_seen == "first\n    error: join.sh:3"
    assert failed.value.hint
    assert "labgen ssh demo master1" in failed.value.hint
    log = failed.value.log
    assert log
    assert log.read_text().splitlines() == [
        "--- cni join: failed with exit code 4",
        "changed a",
        "first",
        "error: join.sh:3",
    ]


def test_a_phase_that_does_not_end_tells_the_same(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "ssh", "cat >/dev/null; echo ok a; echo waiting >&2; sleep 30")
    with pytest.raises(ScriptFailed) as failed:
        _run(sample, timeout=1)
    assert failed.value.message == "master1: phase cni join did not end within 1 s"
    assert failed.value.last_seen == "waiting"
    assert failed.value.hint
    assert "to resume: labgen up single --name demo" in failed.value.hint
    assert failed.value.log
    assert failed.value.log.read_text().splitlines() == [
        "--- cni join: did not end within 1 s",
        "ok a",
        "waiting",
    ]


def test_logs_grow_and_stay_where_only_the_owner_reads(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _machine(monkeypatch, tmp_path, "ok x")
    _run(sample)
    _run(sample)
    assert (sample.logs / "master1-join.log").read_text().count("--- cni join") == 2
    assert mode(sample.directory) == 0o700
