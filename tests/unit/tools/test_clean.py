"""`make clean` in a separate checkout, with a separate cache."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from labgen.bundle.engine import scratch
from labgen.system.locks import locked
from labgen.system.process import Completed, run

ROOT = Path(__file__).parents[3]
PARTS = ("Makefile", "labgen", "tests/e2e", "tools")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of the files that `make clean` needs, because it removes the .venv of its
    checkout."""
    for part in PARTS:
        copied = tmp_path / "checkout" / part
        copied.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, copied)
    return tmp_path / "checkout"


@pytest.fixture
def bundle(tmp_path: Path) -> Iterator[Path]:
    """Return a bundle whose build was interrupted: its scratch directories are still there."""
    made = tmp_path / "home/cache/bundles/v1.37.2-amd64"
    for directory in (scratch.sources(made), scratch.in_memory(made)):
        directory.mkdir(parents=True)
        (directory / "left").touch()
    (made / "bundle.lock.json").touch()
    yield made
    shutil.rmtree(scratch.in_memory(made), ignore_errors=True)


def test_what_an_interrupted_build_left_is_removed_and_the_bundle_stays(
    checkout: Path, bundle: Path
) -> None:
    assert make_clean(checkout, bundle).ok
    assert not scratch.in_memory(bundle).exists()
    assert not scratch.sources(bundle).exists()
    assert (bundle / "bundle.lock.json").exists()


def test_scratch_directories_of_a_running_build_stay(checkout: Path, bundle: Path) -> None:
    with locked(bundle.with_name(f"{bundle.name}.lock"), timeout=0):
        done = make_clean(checkout, bundle)
    assert done.ok
    assert f"a build of {bundle} is running" in done.stdout
    assert scratch.in_memory(bundle).exists()
    assert scratch.sources(bundle).exists()


def make_clean(checkout: Path, bundle: Path) -> Completed:
    home = str(bundle.parents[2])
    return run(["make", "clean"], timeout=60, check=False, cwd=checkout, env={"LABGEN_HOME": home})
