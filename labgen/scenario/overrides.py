"""Overrides from the command line: -s kubernetes.cni.backend=host-gw."""

import re
from dataclasses import dataclass

from labgen.scenario.diagnostics import Diagnostic, Field, dotted
from labgen.scenario.document import NotYaml, read

EXAMPLE = "write KEY=VALUE, for example kubernetes.cni.backend=host-gw or machines[0].count=5"
PART = re.compile(r"([^.\[\]]+)((?:\[[0-9]{1,4}\])*)")
INDEX = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True)
class Override:
    """One override; text is what the user wrote after -s."""

    text: str
    field: Field
    value: object


class BadOverride(ValueError):
    """The override cannot be read or does not fit the scenario."""

    def __init__(self, text: str, problem: str, field: Field = ()) -> None:
        super().__init__(problem)
        self.diagnostic = Diagnostic(field, problem, override=text)


def parse(text: str) -> Override:
    """Read KEY=VALUE; VALUE is YAML. Raises BadOverride."""
    key, equals, value = text.partition("=")
    if not equals:
        raise BadOverride(text, f"there is no =; {EXAMPLE}")
    field = _field(text, key.strip())
    try:
        document = read(value)
    except NotYaml as error:
        raise BadOverride(text, str(error), field) from None
    for diagnostic in document.diagnostics:
        raise BadOverride(text, diagnostic.text, (*field, *diagnostic.field))
    return Override(text, field, document.data)


def apply(data: object, override: Override) -> object:
    """Return a copy of data with the override's value in its place. Raises BadOverride."""
    return _replaced(data, override, 0)


def _field(text: str, key: str) -> Field:
    field: list[str | int] = []
    for part in key.split("."):
        match = PART.fullmatch(part)
        if not match:
            raise BadOverride(text, f"{key!r} names no field; {EXAMPLE}")
        name, indexes = match.groups()
        field.append(int(name) if INDEX.fullmatch(name) else name)
        field.extend(int(index) for index in re.findall(INDEX, indexes))
    return tuple(field)


def _replaced(data: object, override: Override, depth: int) -> object:
    if depth == len(override.field):
        return override.value
    step, parent = override.field[depth], override.field[:depth]
    if isinstance(step, int):
        if not isinstance(data, list):
            what = f"{dotted(parent) or 'the scenario'} is not a list; leave the number out"
            raise BadOverride(override.text, what)
        if step >= len(data):
            numbers = f"[0] to [{len(data) - 1}]" if data else "none yet"
            what = f"there is no {dotted((*parent, step))}; {dotted(parent)} has {numbers}"
            raise BadOverride(override.text, what)
        return [*data[:step], _replaced(data[step], override, depth + 1), *data[step + 1 :]]
    if isinstance(data, list):
        what = (
            f"{dotted(parent)} is a list; name one item, for example {dotted((*parent, 0, step))}"
        )
        raise BadOverride(override.text, what)
    if not isinstance(data, dict) and data is not None:
        raise BadOverride(override.text, f"{dotted(parent)} is a single value, it has no {step}")
    mapping = data or {}
    return {**mapping, step: _replaced(mapping.get(step), override, depth + 1)}
