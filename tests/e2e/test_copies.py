"""A checkpoint is enough to make a lab: the one that was saved may be gone."""

from pathlib import Path

import pytest

from labgen.lab import store
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.program import UP, labgen
from tests.e2e.support.runs import Run


@pytest.mark.parametrize("way", ["file", "kept"])
def test_a_lab_is_made_from_the_checkpoint_of_a_lab_that_is_gone(
    run_: Run, labs_to_remove: list[str], tmp_path: Path, way: str
) -> None:
    first, second = run_.lab_name(f"first-{way}"), run_.lab_name(f"second-{way}")
    labs_to_remove += [first, second]
    labgen("up", "single", "--name", first, timeout=UP)
    labgen("kubectl", first, "--", "create", "configmap", "saved")
    labgen("checkpoint", "save", first, way)
    if way == "file":
        source = str(tmp_path / "one.labgen")
        labgen("checkpoint", "export", first, way, source)
        labgen("down", first)
    else:
        source = f"{first}/{way}"
        labgen("down", first, "--keep-checkpoints")
    labgen("up", "--from", source, "--name", second, timeout=UP)
    assert "saved" in labgen("kubectl", second, "--", "get", "configmap").stdout
    verdict = labgen("verify", second, check=False)
    assert verdict.exit_code == 0, verdict.stdout
    assert "nothing changed" in labgen("up", "--from", source, "--name", second).stderr
    lab = store.load(second)
    labgen("down", second)
    assert leaks(lab) == []
    if way == "kept":
        labgen("checkpoint", "remove", first, way)


def test_a_damaged_file_makes_no_lab(run_: Run, labs_to_remove: list[str], tmp_path: Path) -> None:
    name, file = run_.lab_name("damaged"), tmp_path / "one.labgen"
    labs_to_remove.append(name)
    file.write_bytes(b"no checkpoint")
    refused = labgen("up", "--from", str(file), "--name", name, check=False)
    assert refused.exit_code == 2
    assert f"{file} is no checkpoint" in refused.stderr
    assert name not in store.names()
