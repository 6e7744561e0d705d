"""Tests, one of which is not read-only."""

import pytest


@pytest.mark.smoke
def test_works() -> None:
    """Pass."""


@pytest.mark.full
def test_writes() -> None:
    """Pass."""
