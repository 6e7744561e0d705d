"""Rows of a reference page, from the JSON Schema of a file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from labgen.scenario.json_schema import json_schema, resolved

HOW_TO = re.compile(r"docs/(how-to/[\w-]+\.md)")


@dataclass(frozen=True)
class Leaf:
    """One field that holds a value."""

    path: str  # as in machines[].count
    schema: dict[str, Any]
    required: bool

    @property
    def type(self) -> str:
        """Return what may be written, in words."""
        if "title" in self.schema:
            return str(self.schema["title"])
        if "enum" in self.schema:
            return " or ".join(f"`{word}`" for word in self.schema["enum"])
        match self.schema["type"]:
            case "integer":
                return f"whole number, {self.schema['minimum']} to {self.schema['maximum']}"
            case "boolean":
                return "`true` or `false`"
            case "array":
                return f"list of {Leaf('', self.schema['items'], required=False).type}"
            case _:
                return "text"

    @property
    def default(self) -> str:
        """Return what stands for the field when it is left out; empty if the meaning says it."""
        if self.required:
            return "required"
        return shown(self.schema["default"]) if "default" in self.schema else ""

    @property
    def meaning(self) -> str:
        """Return the description with links to pages that it names."""
        return HOW_TO.sub(r"[\1](../\1)", self.schema["description"])


def leaves(kind: type) -> Iterator[Leaf]:
    """Return every field of a file of that kind that holds a value, in the schema's order."""
    schema = json_schema(kind)
    return _leaves(schema, schema, "")


def shown(value: object) -> str:
    """Return value as one would write it in a file."""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _leaves(schema: dict[str, Any], part: dict[str, Any], before: str) -> Iterator[Leaf]:
    for key, field in part["properties"].items():
        found, path = resolved(schema, field), f"{before}{key}"
        items = resolved(schema, found.get("items", {}))
        if "properties" in found:
            yield from _leaves(schema, found, f"{path}.")
        elif "properties" in items:
            yield from _leaves(schema, items, f"{path}[].")
        else:
            yield Leaf(path, found, required=key in part.get("required", ()))
