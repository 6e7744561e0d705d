"""Data that tests pass to pytest's plugins."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

# The figures of each experiment by its name, as plain data: xdist sends reports as such.
FIGURES = pytest.StashKey[Mapping[str, Sequence[Mapping[str, Any]]]]()
