"""Real-time scheduling on kernels that limit it by cgroup."""

from pathlib import Path

from labgen.providers.container import realtime as real_time


def _group(path: Path, ration: int) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    (path / real_time.RATION).write_text(f"{ration}\n")
    return path / real_time.RATION


def test_only_what_holds_machine_containers_gets_some(tmp_path: Path) -> None:
    root = _group(tmp_path / real_time.CPU, 950_000)
    ours = _group(root.parent / "libpod_parent", 0)
    machine = _group(ours.parent / "libpod-32c07cd7", 0)
    other = _group(root.parent / "system.slice", 0)
    real_time.allow(tmp_path)
    rations = [int(it.read_text()) for it in (root, ours, machine, other)]
    assert rations == [950_000, real_time.ALL, 0, 0]


def test_what_is_enough_already_is_left(tmp_path: Path) -> None:
    more = _group(tmp_path / real_time.CPU / "machine.slice", 940_000)
    (more.parent / "libpod-32c07cd7.scope").mkdir()
    real_time.allow(tmp_path)
    assert int(more.read_text()) == 940_000


def test_a_kernel_that_rations_nothing_is_left_alone(tmp_path: Path) -> None:
    group = tmp_path / real_time.CPU / "libpod_parent"
    (group / "libpod-32c07cd7").mkdir(parents=True)
    real_time.allow(tmp_path)
    assert [it.name for it in group.iterdir()] == ["libpod-32c07cd7"]
