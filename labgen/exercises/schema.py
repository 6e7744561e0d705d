"""An exercise's file: every field once, with its kind, limits, default and description."""

import re
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field, with_config

from labgen.exercises.targets import GROUPS, TARGETS
from labgen.scenario.schema.kinds import FILE, Kind, one_of
from labgen.scenario.values import kind_of, shown

LEVELS = ("beginner", "intermediate", "advanced")
OWN = "check.py"  # the file of an exercise's own tests
EVERYTHING = "everything"
EXAMPLE = "test_nodes.py::test_node_is_ready"
_TEST = rf"({re.escape(OWN)}|test_\w+\.py)::test_\w+"
_FILE_OR_TEST = r"test_\w+\.py(::test_\w+)?"
Points = Annotated[int, Field(strict=True, ge=0, le=1000)]


def _named(title: str, pattern: str, *words: str) -> Kind:
    """Return the kind of text that matches the pattern or is one of words."""

    def read(value: object) -> str:
        if isinstance(value, str) and (value in words or re.fullmatch(pattern, value, re.ASCII)):
            return value
        found = shown(value) if isinstance(value, str) else kind_of(value)
        raise ValueError(f"expected a test such as {EXAMPLE}, found {found}")

    return Kind(read, title, schema={"type": "string"})


CHECK = _named("`FILE::TEST`", _TEST)
BROKEN = _named("`FILE::TEST`, `FILE` or `everything`", _FILE_OR_TEST, EVERYTHING)
GROUP = one_of(*GROUPS)


@dataclass(frozen=True, kw_only=True)
class NeedsPart:
    """What a lab must have."""

    control_planes: Annotated[
        int,
        Field(strict=True, ge=1, le=9, description="Control planes that a lab must have."),
    ] = 1
    workers: Annotated[
        int, Field(strict=True, ge=0, le=99, description="Workers that a lab must have.")
    ] = 0


@dataclass(frozen=True, kw_only=True)
class ObjectivePart:
    """One thing that the learner has to reach."""

    text: Annotated[
        str,
        Field(
            strict=True,
            examples=["Exactly one machine holds the VIP."],
            description="What is true when it is done, one sentence. It must not say how.",
        ),
    ]
    points: Annotated[Points, Field(description="Points for it.")] = 100
    checks: Annotated[
        list[Annotated[str, CHECK]],
        Field(
            description="Tests that pass when it is done: of the exercise's own `check.py`, or of "
            "the suite's tier smoke, as FILE::TEST.",
            json_schema_extra={"minItems": 1},
        ),
    ]
    done_at_start: Annotated[
        bool,
        Field(
            strict=True,
            description="It is done in the broken lab already, and has to stay so.",
        ),
    ] = False


@dataclass(frozen=True, kw_only=True)
class HintPart:
    """A hint, and what it costs."""

    text: Annotated[
        str,
        Field(
            strict=True,
            examples=["Look at the journal of keepalived."],
            description="The hint. Hints are given in their order.",
        ),
    ]
    price: Annotated[Points, Field(description="Points that it costs.")] = 10


@with_config(FILE)
@dataclass(frozen=True, kw_only=True)
class ExercisePart:
    """The complete file."""

    api_version: Annotated[
        str, one_of("labgen/v1"), Field(description="Version of this format.")
    ] = "labgen/v1"
    kind: Annotated[str, one_of("Exercise"), Field(description="What the file is.")] = "Exercise"
    title: Annotated[
        str,
        Field(
            strict=True,
            examples=["Two machines hold the VIP"],
            description="The incident in one line, as `labgen exercise list` shows it.",
        ),
    ]
    level: Annotated[str, one_of(*LEVELS), Field(description="How hard it is.")]
    minutes: Annotated[
        int,
        Field(strict=True, ge=1, le=600, description="How long a learner of that level takes."),
    ] = 15
    scenario: Annotated[
        str,
        Field(
            strict=True,
            examples=["ha-3x3"],
            description="A scenario that suits it, for the hint of `labgen exercise show`.",
        ),
    ] = "ha-3x3"
    needs: Annotated[
        NeedsPart, Field(description="What a lab must have, of whichever scenario it is.")
    ] = field(default_factory=NeedsPart)
    task: Annotated[
        str,
        Field(
            strict=True,
            examples=["one or more paragraphs"],
            description="What the learner knows and has to do, as Markdown.",
        ),
    ]
    objectives: Annotated[
        list[ObjectivePart],
        Field(description="What has to be reached.", json_schema_extra={"minItems": 1}),
    ]
    hints: Annotated[list[HintPart], Field(description="Hints, each for a price.")] = field(
        default_factory=list
    )
    target: Annotated[
        str,
        one_of(*TARGETS),
        Field(description="The machine that is broken. It is chosen when the exercise starts."),
    ] = "control-plane"
    fault: Annotated[
        str,
        Field(
            strict=True,
            examples=["etcd-full"],
            description="A fault of labgen that is injected into the target. Left out: `break.sh` "
            "breaks the lab.",
        ),
    ] = ""
    break_on: Annotated[
        list[Annotated[str, GROUP]],
        Field(
            description="Where `break.sh` runs: on these machines, one group after the other. Left "
            "out: `[target]`."
        ),
    ] = field(default_factory=lambda: ["target"])
    solve_on: Annotated[
        list[Annotated[str, GROUP]],
        Field(description="The same for `solve.sh`, the reference repair. Left out: `[target]`."),
    ] = field(default_factory=lambda: ["target"])
    also_broken: Annotated[
        list[Annotated[str, BROKEN]],
        Field(
            description="Tests of the suite's tier smoke that may fail in the broken lab besides "
            "the objectives' checks, as FILE::TEST or FILE; `everything` where the API is affected."
        ),
    ] = field(default_factory=list)
