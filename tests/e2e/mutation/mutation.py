"""What a mutation is, and which part of the suite runs while it is applied."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.e2e.mutation.cluster_editor import ClusterEditor

# pytest's arguments for all read-only tests, in parallel.
SMOKE = ("acceptance/", "--tier=smoke", "-n", "2")
Doing = Callable[[ClusterEditor], AbstractContextManager[None]]


@dataclass(frozen=True)
class Mutation:
    """A defect of a lab, and the tests that must detect it."""

    name: str
    breaks: tuple[str, ...]  # the tests that have to fail, as FILE::FUNCTION
    promise: str  # what these tests promise, a sentence for people
    done: str  # how the promise is broken here, a sentence for people
    doing: Doing  # breaks it on entering, and leaves the lab as it was
    tied: str = ""  # why several tests fail together
    run: tuple[str, ...] = SMOKE  # pytest's arguments
    slow: bool = False  # takes longer than forty seconds


def of(file: str, *tests: str) -> tuple[str, ...]:
    """Return these tests of one file, as FILE::FUNCTION."""
    return tuple(f"{file}::{test}" for test in tests)


def only(file: str, case: str = "") -> tuple[str, ...]:
    """Return pytest's arguments for this one file, or for one case of its tests."""
    return (f"acceptance/{file}", *(("-k", case) if case else ()))
