"""Durations and sizes are read in users' notation, and written in a form that is read back as the
same."""

import pytest

from labgen.scenario.units import duration, show_duration, show_size, size


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("1ms", 1), ("250ms", 250), ("1s", 1000), ("1.5s", 1500), ("2m", 120_000)],
)
def test_durations_are_milliseconds(text: str, milliseconds: int) -> None:
    assert duration(text) == milliseconds
    assert duration(show_duration(milliseconds)) == milliseconds


@pytest.mark.parametrize(("text", "mebibytes"), [("512MiB", 512), ("2GiB", 2048), ("1.5GiB", 1536)])
def test_sizes_are_mebibytes(text: str, mebibytes: int) -> None:
    assert size(text) == mebibytes
    assert size(show_size(mebibytes)) == mebibytes


@pytest.mark.parametrize(
    "text", ["", "ms", "-1s", "1e3s", "1 h", "0s", "999999999m", "\u0661s", "1s "]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="; "):
        duration(text)


@pytest.mark.parametrize("text", ["", "GiB", "-1GiB", "2Gi", "2 gigs", "0MiB", "0.3MiB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="; "):
        size(text)
