"""A class's file: every field once, with its kind, limits, default and description."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field, with_config

from labgen.scenario.schema.kinds import FILE, LABEL, Kind, one_of
from labgen.scenario.values import LABEL as NAME
from labgen.scenario.values import kind_of

MOST = 99  # seats; many more than a host of labs can have
EXAMPLE = "expected a number of seats, 1 to 99, or a list of names such as [anna, ben]"


def numbered(seats: int) -> list[str]:
    """Return the names of that many seats: 1, 2, 3."""
    return [str(number) for number in range(1, seats + 1)]


def _seats(value: object) -> list[object]:
    """Return the names of seats; whether each name is valid is checked later, with its position."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST:
        return [*numbered(value)]
    if isinstance(value, list) and 1 <= len(value) <= MOST:
        return value
    raise ValueError(f"{EXAMPLE}, found {kind_of(value) if value != [] else 'an empty list'}")


SEATS = Kind(
    _seats,
    "number of seats, or list of their names",
    schema={
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": MOST},
            {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST,
                "uniqueItems": True,
                "items": {"type": "string", "pattern": f"^{NAME.pattern}$"},
            },
        ]
    },
)


@with_config(FILE)
@dataclass(frozen=True, kw_only=True)
class ClassPart:
    """The complete file."""

    api_version: Annotated[
        str, one_of("labgen/v1"), Field(description="Version of this format.")
    ] = "labgen/v1"
    kind: Annotated[str, one_of("Class"), Field(description="What the file is.")] = "Class"
    name: Annotated[
        str,
        LABEL,
        Field(
            description="Name of the class. The lab of seat 1 of the class `monday` is `monday-1`. "
            "Left out: the file's name without `.yaml`."
        ),
    ] = ""
    scenario: Annotated[
        str,
        Field(
            strict=True,
            examples=["single"],
            description="What each seat has: the name of a scenario, or the path of its file, "
            "relative to this one.",
        ),
    ]
    seats: Annotated[
        list[str],
        SEATS,
        Field(description="How many seats, which are called 1, 2, 3; or their names."),
    ]
    exercises: Annotated[
        list[Annotated[str, Field(strict=True, examples=["coredns-loop"])]],
        Field(
            description="Exercises in their order: names, or paths of their directories, relative "
            "to this file."
        ),
    ] = field(default_factory=list)
