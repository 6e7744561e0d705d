"""Real time on kernels that ration it by cgroup."""

from pathlib import Path

from labgen.providers import container_realtime as real_time

ID = "32c07cd7"


def _group(path: Path, ration: int) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    (path / real_time.RATION).write_text(f"{ration}\n")
    return path / real_time.RATION


def test_a_machine_gets_its_ration_and_others_keep_theirs(tmp_path: Path) -> None:
    root = _group(tmp_path / real_time.CPU, 950_000)
    parent = _group(root.parent / "libpod_parent", 0)
    ours = _group(parent.parent / f"libpod-{ID}", 0)
    other = _group(parent.parent / "libpod-389adf72", 0)
    assert real_time.rationed(tmp_path)
    real_time.grant(ID, tmp_path)
    assert [int(it.read_text()) for it in (ours, other)] == [real_time.MACHINE, 0]
    assert int(parent.read_text()) >= real_time.MACHINE
    assert int(root.read_text()) == 950_000


def test_what_is_enough_already_is_left(tmp_path: Path) -> None:
    more = _group(tmp_path / real_time.CPU / "machine.slice", 940_000)
    real_time.grant(ID, tmp_path)
    assert int(more.read_text()) == 940_000


def test_a_kernel_that_rations_nothing_is_left_alone(tmp_path: Path) -> None:
    assert not real_time.rationed(tmp_path)
    real_time.grant(ID, tmp_path)
    assert not (tmp_path / "sys").exists()
