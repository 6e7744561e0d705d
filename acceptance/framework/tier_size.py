"""How many tests the tier of a run has; a run of fewer tests is a part of it."""

from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class TierSize:
    """What the tier has, before options select some of its tests."""

    tests: int = 0
    left_out: tuple[str, ...] = ()  # files of the suite that pytest was told to ignore


KEY = pytest.StashKey[TierSize]()


def note(config: pytest.Config, collected: list[pytest.Item], tests: int) -> None:
    """Store how many of the collected tests belong to the tier."""
    read = {item.path for item in collected}
    beside = {path for place in {it.parent for it in read} for path in place.glob("test_*.py")}
    config.stash[KEY] = TierSize(tests, tuple(sorted(path.name for path in beside - read)))
