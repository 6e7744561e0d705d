"""Distribute the tests with xdist: one by one, and the disruptive ones as one group at the end.

xdist has --dist loadgroup for this. It stores groups in node ids, which pytest 9.2 no longer allows
it to change, so that groups are silently lost (pytest-xdist issue 1386).
"""

from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

GROUP = "disturbs"


class DisturbingLast(LoadScopeScheduling):  # type: ignore[misc]
    """Distributes the disruptive tests last. Workers write their node ids to the file names."""

    def __init__(self, config: pytest.Config, log: object, names: Path) -> None:
        config.option.loadscopereorder = False  # it would distribute the largest group first
        super().__init__(config, log)
        self.names = names

    def _split_scope(self, nodeid: str) -> str:
        """Return the group of a test. It is called when all workers have collected the tests."""
        return GROUP if nodeid in self.names.read_text().splitlines() else nodeid
