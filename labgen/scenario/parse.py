"""From plain data to the file's shape, with every mistake of shape in words.

What could be read goes on to the checks even when other parts could not.
"""

import difflib
from collections.abc import Iterator
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from labgen.scenario.diagnostics import Diagnostic, Field
from labgen.scenario.schema import ScenarioPart
from labgen.scenario.values import kind_of

P = TypeVar("P", bound=BaseModel)
# Stands in for what is required and unreadable; checks do not look at it.
STAND_INS: dict[Field, object] = {("name",): "unreadable", ("machines",): []}
# The same for the items of a list, by the list's key.
ITEM_STAND_INS: dict[str | int, dict[str, object]] = {
    "machines": {"role": "worker"},
    "hosts": {"address": "192.0.2.1"},
}
MISSING = {
    "name": "missing; name the scenario, as ha-3x3",
    "machines": "missing; list at least one group of machines with role: control-plane",
    "role": "missing; write control-plane or worker",
    "address": "missing; write the machine's own, as 192.168.0.3",
}


def parse(data: object) -> tuple[ScenarioPart, tuple[Diagnostic, ...]]:
    """A scenario's shape and the mistakes in it, whose fields have their defaults instead."""
    return parse_as(ScenarioPart, data)


def parse_as(kind: type[P], data: object) -> tuple[P, tuple[Diagnostic, ...]]:
    """The same for a file of that kind."""
    try:
        return kind.model_validate(data), ()
    except ValidationError as error:
        details = error.errors(include_url=False)
    diagnostics = tuple(_mistake(detail, kind) for detail in details)
    for mistake in diagnostics:
        data = _without(data, mistake.field)
        if mistake.field in STAND_INS and isinstance(data, dict):
            data = {**data, mistake.field[0]: STAND_INS[mistake.field]}
    return kind.model_validate(data), diagnostics


def _mistake(detail: ErrorDetails, kind: type[BaseModel]) -> Diagnostic:
    field: Field = detail["loc"]
    match detail["type"]:
        case "missing":
            return Diagnostic(field, MISSING[str(field[-1])])
        case "extra_forbidden":
            return Diagnostic(field, _unknown_key(field, kind), at_key=True)
        case "model_type":
            keys = ", ".join(_keys(field, kind))
            found = kind_of(detail["input"])
            return Diagnostic(field, f"expected a mapping with the keys {keys}, found {found}")
        case "list_type":
            found = kind_of(detail["input"])
            items = "existing machines" if field[-1] == "hosts" else "groups of machines"
            return Diagnostic(field, f"expected a list of {items}, found {found}")
        case _:
            return Diagnostic(field, str(detail["ctx"]["error"]))


def _unknown_key(field: Field, kind: type[BaseModel]) -> str:
    known = _keys(field[:-1], kind)
    word = str(field[-1])
    by_lower = {key.lower(): key for key in known}
    local_endpoint = difflib.get_close_matches(word.lower(), by_lower, n=1)
    if local_endpoint:
        return f"unknown key; did you mean {by_lower[local_endpoint[0]]}?"
    return f"unknown key; known here are {', '.join(known)}"


def _keys(field: Field, kind: type[BaseModel]) -> list[str]:
    """The keys that the mapping at field may have."""
    part = kind
    for step in field:
        if isinstance(step, int):
            continue
        annotation: Any = next(
            info.annotation for info in part.model_fields.values() if info.alias == step
        )
        part = next(_parts(annotation))
    return [str(info.alias) for info in part.model_fields.values()]


def _parts(annotation: Any) -> Iterator[type[BaseModel]]:
    """The parts of the file that an annotation speaks of: list[MachinesPart] of one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _parts(argument)


def _without(data: Any, field: Field, within: str | int = "") -> Any:
    """A copy of data that lacks field; the items of lists keep what they must have."""
    step, rest = field[0], field[1:]
    if isinstance(data, list) and isinstance(step, int):
        stand_in = ITEM_STAND_INS[within]
        item = _without(data[step], rest) if rest else {}
        return [*data[:step], {**stand_in, **item}, *data[step + 1 :]]
    if rest:
        return {**data, step: _without(data[step], rest, within=step)}
    return {key: value for key, value in data.items() if key != step}
