"""A home of its own for each test, and a kitchen to build in."""

from pathlib import Path

import pytest

from tests.unit.bundle.fakes import Kitchen


@pytest.fixture
def kitchen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kitchen:
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "grain").write_text("wheat")
    return Kitchen(sources)
