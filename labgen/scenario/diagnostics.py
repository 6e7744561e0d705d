"""An error in a scenario and its position. Other modules find the errors."""

from dataclasses import dataclass

from labgen.errors import UsageError

Field = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Mark:
    """A position in a file; line and column count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True)
class Diagnostic:
    """An error of one field."""

    field: Field
    text: str  # what is wrong, and what would be right
    also: tuple[Field, ...] = ()  # fields that the error depends on: an override of one is blamed
    at_key: bool = False  # its place is the field's key instead of the value
    mark: Mark | None = None  # its place, where the field does not lead to it
    override: str | None = None  # the override that could not be applied
    unwritten: bool = False  # it is about a default: no place in the file has it


def not_a_mapping(data: object, minimum: str) -> Diagnostic:
    """Return the error of a file whose content is none; minimum says what to write at least."""
    what = "the file is empty" if data is None else "the file is not a mapping"
    return Diagnostic((), f"{what}; {minimum}")


class ScenarioInvalid(UsageError):
    """All errors of a scenario, one line each."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


def dotted(field: Field) -> str:
    """Return the field in the notation for users: machines[0].count."""
    words = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in field]
    return "".join(words).removeprefix(".")


def covers(outer: Field, inner: Field) -> bool:
    """Return whether inner is outer or lies within it."""
    return inner[: len(outer)] == outer
