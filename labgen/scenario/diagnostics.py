"""A mistake in a scenario and where it stands. Finding mistakes happens in the other modules."""

from dataclasses import dataclass

from labgen.errors import UsageError

Field = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a file; line and column count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True)
class Diagnostic:
    """What is wrong with one field, and what would be right.

    also names the other fields that make it a mistake: where an override set one of them, the
    override is to blame. at_key places it at the field's key instead of its value. mark is for
    places that the field does not lead to, override for an override that could not be applied.
    """

    field: Field
    text: str
    also: tuple[Field, ...] = ()
    at_key: bool = False
    mark: Mark | None = None
    override: str | None = None


class ScenarioInvalid(UsageError):
    """All mistakes of a scenario, one line each."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


def dotted(field: Field) -> str:
    """The field as people write it: machines[0].count."""
    words = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in field]
    return "".join(words).removeprefix(".")


def covers(outer: Field, inner: Field) -> bool:
    """Whether inner is outer or lies within it."""
    return inner[: len(outer)] == outer
