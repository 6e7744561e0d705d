"""How xdist hands out the tests: one by one, those that disturb as one group at the very end.

xdist has --dist loadgroup for this, but it passes the groups along inside node ids, which
pytest 9.2 no longer lets it change: the groups are lost silently (pytest-xdist issue 1386).
"""

from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

GROUP = "disturbs"


class DisturbingLast(LoadScopeScheduling):  # type: ignore[misc]
    """names is the file in which the workers list the node ids of the disturbing tests."""

    def __init__(self, config: pytest.Config, log: object, names: Path) -> None:
        config.option.loadscopereorder = False  # it would hand out the largest group first
        super().__init__(config, log)
        self.names = names

    def _split_scope(self, nodeid: str) -> str:
        """The group of a test; asked once all workers have collected."""
        return GROUP if nodeid in self.names.read_text().splitlines() else nodeid
