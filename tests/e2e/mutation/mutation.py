"""What a mutation is, and which part of the suite runs while it is on."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.e2e.mutation.cluster_editor import ClusterEditor

# What pytest is told: the tests that only look, all of them, side by side.
SMOKE = ("acceptance/", "--tier=smoke", "-n", "2")
Doing = Callable[[ClusterEditor], AbstractContextManager[None]]


@dataclass(frozen=True)
class Mutation:
    """One way in which a lab goes wrong, and the tests that have to notice.

    breaks has these tests as FILE::FUNCTION; where there are several, tied says what binds them.
    promise is what they hold, done how it is broken here; both are sentences for people. doing
    breaks it while it is entered, and leaves the lab as it was. run are the words for pytest.
    Slow is what takes longer than forty seconds.
    """

    name: str
    breaks: tuple[str, ...]
    promise: str
    done: str
    doing: Doing
    tied: str = ""
    run: tuple[str, ...] = SMOKE
    slow: bool = False


def of(file: str, *tests: str) -> tuple[str, ...]:
    """These tests of one file."""
    return tuple(f"{file}::{test}" for test in tests)


def only(file: str, case: str = "") -> tuple[str, ...]:
    """Run this one file, or of its tests those of one case."""
    return (f"acceptance/{file}", *(("-k", case) if case else ()))
