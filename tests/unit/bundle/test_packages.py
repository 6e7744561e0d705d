"""apt's index of the packages in the bundle."""

import hashlib
import shutil
from pathlib import Path

import pytest

from labgen.bundle.parts.packages import index
from labgen.bundle.store import require_packages, require_runtime
from labgen.bundle.versions import KUBERNETES
from labgen.errors import HostUnfit, LabgenError, UsageError
from labgen.system.process import run

CONTROL = "Package: bread\nVersion: 1\nArchitecture: all\nMaintainer: a baker\nDescription: bread\n"


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg on this host")
def test_the_index_has_a_packages_own_words_and_its_digest(tmp_path: Path) -> None:
    control = tmp_path / "root/DEBIAN/control"
    control.parent.mkdir(parents=True)
    control.write_text(CONTROL)
    package = tmp_path / "bread_1_all.deb"
    run(["dpkg-deb", "--build", tmp_path / "root", package], timeout=30)
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    told = index(tmp_path)
    assert told.startswith(CONTROL)
    assert f"\nFilename: ./bread_1_all.deb\nSize: {package.stat().st_size}\n" in told
    assert told.endswith(f"SHA256: {digest}\n")


def test_no_package_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LabgenError, match="no package came"):
        index(tmp_path)


def test_a_suite_that_no_bundle_has_is_told_what_to_do() -> None:
    with pytest.raises(UsageError, match="no packages for noble") as error:
        require_packages(KUBERNETES, "noble")
    assert error.value.hint == (
        "it knows trixie, bookworm; the machine's own sources: software: {packages: distribution}"
    )


def test_packages_that_were_not_built_name_what_builds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path))
    with pytest.raises(LabgenError, match="packages for bookworm is not ready") as error:
        require_packages(KUBERNETES, "bookworm")
    assert error.value.hint == "build it: labgen bundle build --packages bookworm"


@pytest.mark.parametrize("runtime", ["docker", "cri-o"])
def test_a_runtime_that_was_not_built_names_what_builds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runtime: str
) -> None:
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path))
    with pytest.raises(HostUnfit, match=f"with {runtime} is not ready") as error:
        require_runtime(KUBERNETES, runtime)
    assert error.value.hint == f"build it: labgen bundle build --runtime {runtime}"


def test_every_machine_has_containerd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path))
    assert not require_runtime(KUBERNETES, "containerd")
