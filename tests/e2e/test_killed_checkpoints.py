"""A save or a restore that is killed, wherever it was, leaves what was there or is completed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from labgen.lab import store
from labgen.lab.lab import Lab, Machine
from labgen.providers.container import checkpoint_store, disks
from labgen.providers.container.containers import container_name
from labgen.system import podman
from labgen.system.parallel import gather
from tests.e2e.provider_contract.subject import MACHINES
from tests.e2e.support.program import ROOT, UP, labgen
from tests.e2e.support.runs import Run

KILLED = -9
# on the two file systems that a checkpoint has of each machine
PLACES = ("/root/marker", "/var/lib/kubelet/marker")
MOMENT = 60.0  # seconds


@pytest.fixture(scope="module")
def lab(run_: Run) -> Iterator[Lab]:
    """Yield a lab of two machines without a cluster."""
    name = run_.lab_name("killed-checkpoints")
    labgen("up", "single", "--name", name, "-s", MACHINES, "--until", "machines", timeout=UP)
    yield store.load(name)
    labgen("down", name)


def _everywhere(lab: Lab, script: str) -> set[str]:
    """Run the script on all machines and return what they print."""

    def execute(machine: Machine) -> list[str]:
        words = ["exec", container_name(lab, machine), "sh", "-c", script]
        return podman.podman(*words).stdout.splitlines()

    done = gather({it.name: partial(execute, it) for it in lab.machines})
    return {line for lines in done.values() for line in lines}


def _write(lab: Lab, text: str) -> None:
    _everywhere(lab, "; ".join(f"echo {text} >{place}" for place in PLACES))


def _read(lab: Lab) -> set[str]:
    return _everywhere(lab, f"cat {' '.join(PLACES)}")


def _killed(step: int, log: Path, *words: str) -> bool:
    """Run labgen up to that step and return whether it was killed there."""
    argv = [sys.executable, "-m", "tests.e2e.support.doomed", str(step), str(log), *words]
    code = subprocess.run(argv, cwd=ROOT, check=False, timeout=MOMENT).returncode
    assert code in (0, KILLED)
    sys.stdout.write(f"killed before step {step}, after: {log.read_text().splitlines()[-1:]}\n")
    return code == KILLED


def _contents(lab: Lab, name: str) -> bytes:
    """Return the list of contents of a checkpoint, after verifying it as a user does."""
    shown = labgen("checkpoint", "show", lab.name, name, "-o", "json", quiet=True)
    assert json.loads(shown.stdout)["state"] == "verified"
    return (checkpoint_store.directory(lab) / name / "checkpoint.json").read_bytes()


def _litter(lab: Lab) -> list[str]:
    """Return what a killed call left."""
    uppers = [podman.inspect(container_name(lab, it)).upper.parent for it in lab.machines]
    places = (disks.of_lab(lab), checkpoint_store.directory(lab), *uppers)
    found = [path.name for place in places for path in place.iterdir()]
    return [it for it in found if it.endswith((".new", ".old", ".part"))]


def test_a_save_that_is_killed_at_any_step_keeps_the_machines_running_and_a_whole_checkpoint(
    lab: Lab, tmp_path: Path
) -> None:
    _write(lab, "first")
    labgen("checkpoint", "save", lab.name, "x")
    before, step = _contents(lab, "x"), 1
    replaced: list[bool] = []
    while _killed(step, tmp_path / "steps", "checkpoint", "save", lab.name, "x"):
        now = _contents(lab, "x")
        assert _litter(lab) == []
        assert _read(lab) == {"first"}
        replaced.append(now != before)
        before, step = now, step + 1
    assert step > 15
    assert replaced == sorted(replaced)  # the earlier one up to a step, the new one after it
    assert _contents(lab, "x") != before
    labgen("checkpoint", "remove", lab.name, "x")


def test_a_restore_that_is_killed_at_any_step_has_not_begun_or_is_completed_by_start(
    lab: Lab, tmp_path: Path
) -> None:
    _write(lab, "then")
    labgen("checkpoint", "save", lab.name, "x")
    contents, step = _contents(lab, "x"), 1
    results: list[set[str]] = []
    _write(lab, "since")
    while _killed(step, tmp_path / "steps", "checkpoint", "restore", lab.name, "x"):
        if not _untouched(lab):
            labgen("start", lab.name, quiet=True)
        results.append(_read(lab))
        if results[-1] != {"since"}:
            _write(lab, "since")
        step += 1
    assert step > 20
    first_restored = results.index({"then"})
    assert results == [{"since"}] * first_restored + [{"then"}] * (len(results) - first_restored)
    assert _read(lab) == {"then"}
    assert _litter(lab) == []
    assert _contents(lab, "x") == contents
    labgen("checkpoint", "remove", lab.name, "x")


def _untouched(lab: Lab) -> bool:
    """Return whether all machines run and no restore is to be completed."""
    names = [container_name(lab, it) for it in lab.machines]
    told = podman.podman("inspect", "--format", "{{.State.Running}}", *names).stdout
    return set(told.split()) == {"true"} and not (disks.of_lab(lab) / ".restoring").exists()


def _refused(lab: Lab, *, what: str) -> None:
    """Assert that checkpoint x is refused because of that, and that no machine was touched."""
    moments = _started(lab)
    said = labgen("checkpoint", "restore", lab.name, "x", check=False)
    assert said.exit_code == 1
    assert what in said.stderr
    assert f"labgen checkpoint remove {lab.name} x" in said.stderr
    assert _started(lab) == moments
    assert _read(lab) == {"since"}


def _started(lab: Lab) -> str:
    names = [container_name(lab, it) for it in lab.machines]
    return podman.podman("inspect", "--format", "{{.State.StartedAt}}", *names).stdout


def test_a_damaged_checkpoint_is_refused_before_anything_is_touched(lab: Lab) -> None:
    labgen("checkpoint", "save", lab.name, "x")
    _write(lab, "since")
    place = checkpoint_store.directory(lab) / "x"
    archive = place / "node1.root.tar.zst"
    data = archive.read_bytes()
    archive.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    _refused(lab, what="is damaged; nothing was changed\n  last seen: not as it was saved: node1")
    shown = labgen("checkpoint", "show", lab.name, "x", check=False)
    assert shown.exit_code == 1
    assert "damaged: node1.root.tar.zst" in shown.stdout
    contents = place / "checkpoint.json"
    contents.write_bytes(contents.read_bytes()[:-100])
    _refused(lab, what="checkpoint.json is damaged")
    labgen("checkpoint", "remove", lab.name, "x")


def test_two_labs_are_saved_and_restored_at_the_same_time(
    lab: Lab, run_: Run, labs_to_remove: list[str]
) -> None:
    other = run_.lab_name("killed-checkpoints-2")
    labs_to_remove.append(other)
    labgen("up", "single", "--name", other, "-s", MACHINES, "--until", "machines", timeout=UP)
    labs = {it.name: it for it in (lab, store.load(other))}
    for name, it in labs.items():
        _write(it, name)
    gather({name: partial(labgen, "checkpoint", "save", name, "x") for name in labs})
    for it in labs.values():
        _write(it, "since")
    gather({name: partial(labgen, "checkpoint", "restore", name, "x") for name in labs})
    assert {name: _read(it) for name, it in labs.items()} == {name: {name} for name in labs}
    labgen("checkpoint", "remove", lab.name, "x")


def test_a_checkpoint_goes_through_a_file_and_outlives_its_lab_on_request(
    run_: Run, labs_to_remove: list[str], tmp_path: Path
) -> None:
    name, file = run_.lab_name("kept-checkpoints"), tmp_path / "x.checkpoint"
    labs_to_remove.append(name)
    labgen("up", "single", "--name", name, "-s", MACHINES, "--until", "machines", timeout=UP)
    lab = store.load(name)
    _write(lab, "then")
    labgen("checkpoint", "save", name, "x")
    labgen("checkpoint", "export", name, "x", str(file))
    labgen("checkpoint", "remove", name, "x")
    _write(lab, "since")
    file.write_bytes((whole := file.read_bytes())[:-20000])
    refused = labgen("checkpoint", "import", name, "y", str(file), check=False)
    assert refused.exit_code == 1
    assert "is damaged; nothing was changed" in refused.stderr
    file.write_bytes(whole)
    labgen("checkpoint", "import", name, "y", str(file))
    labgen("checkpoint", "restore", name, "y")
    assert _read(lab) == {"then"}

    labgen("down", name, "--keep-checkpoints")
    [kept] = json.loads(labgen("checkpoint", "list", name, "-o", "json").stdout)
    assert (kept["name"], kept["lab"], kept["kept"]) == ("y", name, True)
    listed = labgen("gc", name)
    assert f"kept, of lab {name}" in listed.stdout
    labgen("gc", name, "--remove")
    assert labgen("checkpoint", "show", name, "y").ok
    labgen("checkpoint", "remove", name, "y")
    assert not checkpoint_store.directory(lab).exists()
