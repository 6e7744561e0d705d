"""paths: state and cache by the XDG rules."""

from pathlib import Path

import pytest

from labgen.system import paths


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LABGEN_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/someone")


def test_without_variables_they_are_the_xdg_defaults() -> None:
    assert paths.state() == Path("/home/someone/.local/state/labgen")
    assert paths.cache() == Path("/home/someone/.cache/labgen")


def test_xdg_variables_count_when_absolute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/invalid")
    assert paths.state() == Path("/state/labgen")
    assert paths.cache() == Path("/home/someone/.cache/labgen")


def test_labgen_home_overrides_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    monkeypatch.setenv("LABGEN_HOME", "/home/labs")
    assert paths.state() == Path("/home/labs/state")
    assert paths.cache() == Path("/home/labs/cache")
