"""Convert plain data to the classes of the schema, with every type error in words.

The checks get whatever could be parsed, even if other parts could not.
"""

import difflib
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from labgen.scenario.diagnostics import Diagnostic, Field
from labgen.scenario.json_schema import at, json_schema
from labgen.scenario.profiles import FAST, PROFILES
from labgen.scenario.schema import ScenarioPart
from labgen.scenario.schema.load_balancer import LoadBalancerPart
from labgen.scenario.schema.timings import Timings
from labgen.scenario.values import kind_of

P = TypeVar("P")
# Replaces a required value that is unreadable; checks do not read it.
STAND_INS: dict[Field, object] = {
    ("name",): "unreadable",
    ("machines",): [],
    ("title",): "unreadable",
    ("level",): "beginner",
    ("task",): "unreadable",
    ("objectives",): [],
    ("scenario",): "unreadable",
    ("seats",): ["1"],
}
# The same for the items of a list, by the list's key.
ITEM_STAND_INS: dict[str | int, object] = {
    "machines": {"role": "worker"},
    "hosts": {"address": "192.0.2.1"},
    "objectives": {"text": "unreadable", "checks": []},
    "hints": {"text": "unreadable"},
    "checks": "check.py::test_unreadable",
    "alsoBroken": "everything",
    "breakOn": "target",
    "solveOn": "target",
    "exercises": "unreadable",
}
# What a list has, by its key, for a message.
LISTS = {
    "machines": "groups of machines",
    "hosts": "existing machines",
    "objectives": "objectives",
    "hints": "hints",
    "checks": "tests such as check.py::test_it_works",
    "alsoBroken": "tests of the suite such as test_nodes.py::test_node_is_ready",
    "breakOn": "words such as target or workers",
    "solveOn": "words such as target or workers",
    "exercises": "names of exercises such as coredns-loop",
}
MISSING = {
    "name": "missing; name the scenario, for example ha-3x3",
    "machines": "missing; list at least one group of machines with role: control-plane",
    "role": "missing; write control-plane or worker",
    "address": "missing; write the machine's own address, for example 192.168.0.3",
    "title": "missing; name the incident in one line",
    "level": "missing; write beginner, intermediate or advanced",
    "task": "missing; write what the learner knows and has to do, as Markdown",
    "objectives": "missing; list at least one objective with text and checks",
    "text": "missing; write one sentence for the learner",
    "checks": "missing; list at least one test, for example check.py::test_it_works",
    "scenario": "missing; name a scenario, for example single",
    "seats": "missing; write how many seats, or list their names",
}


def parse(data: object) -> tuple[ScenarioPart, tuple[Diagnostic, ...]]:
    """Return a scenario and its type errors; a field with an error has its default instead."""
    return parse_as(ScenarioPart, data, complete=_with_profile)


def parse_as(
    kind: type[P], data: object, *, complete: Callable[[object], object] = lambda data: data
) -> tuple[P, tuple[Diagnostic, ...]]:
    """Do the same for a file of that kind; complete adds defaults that depend on the file."""
    try:
        return _read(kind, complete(data)), ()
    except ValidationError as error:
        details = error.errors(include_url=False)
    diagnostics = tuple(_diagnostic(detail, kind) for detail in details)
    for diagnostic in diagnostics:
        data = _without(data, diagnostic.field)
        if diagnostic.field in STAND_INS and isinstance(data, dict):
            data = {**data, diagnostic.field[0]: STAND_INS[diagnostic.field]}
    return _read(kind, complete(data)), diagnostics


def written(file: object) -> Any:
    """Return file, an instance of a class of the schema, as its plain data."""
    return _adapter(type(file)).dump_python(file, by_alias=True)


def written_timings(timings: Timings) -> dict[str, object]:
    """Return timings as the plain data of a file."""
    balancer = LoadBalancerPart(timings=timings)
    file = written(ScenarioPart(name="any", machines=[], load_balancer=balancer))
    found: dict[str, object] = file["loadBalancer"]["timings"]
    return found


def _read(kind: type[P], data: object) -> P:
    part: P = _adapter(kind).validate_python(data)
    return part


def _adapter(kind: type) -> TypeAdapter[Any]:
    """Return the pydantic adapter that reads and writes a file of that kind."""
    return _cached_adapter(kind)


# Making one takes longer than reading a file with it.
_cached_adapter: Callable[[type], TypeAdapter[Any]] = cache(TypeAdapter)


def _with_profile(data: object) -> object:
    """Return a copy of data with timings completed from the profile, if possible."""
    balancer = data.get("loadBalancer", {}) if isinstance(data, dict) else None
    timings = balancer.get("timings", {}) if isinstance(balancer, dict) else None
    if (
        not isinstance(data, dict)
        or not isinstance(balancer, dict)
        or not isinstance(timings, dict)
    ):
        return data
    profile = PROFILES.get(str(balancer.get("profile")), FAST)
    timings = {**written_timings(profile), **timings}
    return {**data, "loadBalancer": {**balancer, "timings": timings}}


def _diagnostic(detail: ErrorDetails, kind: type) -> Diagnostic:
    """Return pydantic's error in labgen's wording."""
    field: Field = detail["loc"]
    found = kind_of(detail["input"])
    match detail["type"]:
        case "missing":
            text = MISSING[str(field[-1])]
        case "unexpected_keyword_argument":
            return Diagnostic(field, _unknown_key(field, kind), at_key=True)
        case "dataclass_type":
            keys = ", ".join(at(json_schema(kind), *field)["properties"])
            text = f"expected a mapping with the keys {keys}, found {found}"
        case "list_type":
            text = f"expected a list of {LISTS[str(field[-1])]}, found {found}"
        case "int_type":
            text = f"expected a whole number, found {found}"
        case "greater_than_equal" | "less_than_equal":
            limits = at(json_schema(kind), *field)
            text = f"{found} is out of range; use {limits['minimum']} to {limits['maximum']}"
        case "bool_type":
            text = f"expected true or false, found {found}"
        case "string_type":
            [example] = at(json_schema(kind), *field)["examples"]
            text = f"expected text such as {example}, found {found}"
        case _:
            text = str(detail["ctx"]["error"])
    return Diagnostic(field, text)


def _unknown_key(field: Field, kind: type) -> str:
    known = list(at(json_schema(kind), *field[:-1])["properties"])
    by_lower = {key.lower(): key for key in known}
    close = difflib.get_close_matches(str(field[-1]).lower(), by_lower, n=1)
    if close:
        return f"unknown key; did you mean {by_lower[close[0]]}?"
    return f"unknown key; known here are {', '.join(known)}"


def _without(data: Any, field: Field, within: str | int = "") -> Any:
    """Return a copy of data without field; items of lists keep their required fields."""
    step, rest = field[0], field[1:]
    if isinstance(data, list) and isinstance(step, int):
        item: Any = ITEM_STAND_INS[within]
        if rest:
            item = {**item, **_without(data[step], rest)}
        return [*data[:step], item, *data[step + 1 :]]
    if rest:
        return {**data, step: _without(data[step], rest, within=step)}
    return {key: value for key, value in data.items() if key != step}
