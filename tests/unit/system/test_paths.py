"""paths: state and cache by the XDG rules."""

from pathlib import Path

import pytest

from labgen.errors import UsageError
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


@pytest.mark.parametrize("odd", ["a b", "100%", "it's", "labs-ö-日本", "a,b", "%n %%", "(x) & y"])
def test_odd_paths_that_every_program_can_have_are_usable(
    odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", f"/{odd}")
    paths.ensure_usable()


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ("a:b", "a colon"),
        ('a"b', "a double quote"),
        ("a\\b", "a backslash"),
        ("${HOME}", "a dollar sign"),
        ("#{x}", "a number sign"),
        ("a\nb", "a character that cannot be printed"),
        ("a\udcffb", "a character that cannot be printed"),
        (":$", "a colon and a dollar sign"),
    ],
)
@pytest.mark.parametrize("variable", ["XDG_STATE_HOME", "XDG_CACHE_HOME"])
def test_paths_that_a_program_reads_otherwise_are_refused(
    odd: str, why: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, f"/{odd}")
    with pytest.raises(UsageError) as error:
        paths.ensure_usable()
    assert error.value.message.endswith(f": the path has {why}")
    assert error.value.hint == f"set {variable} or LABGEN_HOME to another directory"


def test_bundles_are_built_only_where_everything_can_be_compiled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paths.ensure_buildable()
    monkeypatch.setenv("XDG_CACHE_HOME", "/with a blank")
    with pytest.raises(UsageError, match="bundles cannot be built at '/with a blank/labgen'"):
        paths.ensure_buildable()
