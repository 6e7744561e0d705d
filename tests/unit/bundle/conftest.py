"""A directory to build in, called a kitchen."""

from pathlib import Path

import pytest

from tests.unit.bundle.fakes import Kitchen


@pytest.fixture
def kitchen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kitchen:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "grain").write_text("wheat")
    return Kitchen(sources)
