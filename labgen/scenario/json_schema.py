"""The JSON Schema of a file, for completion in editors and for the reference page."""

import json
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import WithDefaultSchema

from labgen.scenario.schema.kinds import WRITER

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# A profile sets all of them, so a file requires none.
ALL_BY_PROFILE = "Timings"


class _Generator(GenerateJsonSchema):
    """Generates titles only for kinds of values, not for fields, and defaults in the notation of a
    file."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        return False

    def default_schema(self, schema: WithDefaultSchema) -> JsonSchemaValue:
        made = super().default_schema(schema)
        write = schema["schema"].get("metadata", {}).get(WRITER)
        if write and "default" in made:
            made["default"] = write(schema["default"])
        return made


@cache
def json_schema(kind: type) -> JsonSchemaValue:
    """Return the JSON Schema (draft 2020-12) of a file of that kind."""
    made = TypeAdapter(kind).json_schema(schema_generator=_Generator)
    made.pop("description", None)
    definitions = made.get("$defs", {})  # a file without sections has none
    for definition in (made, *definitions.values()):
        definition.pop("title", None)
        for field in definition["properties"].values():
            # What may be left out is not null, and a section's defaults stand at its fields.
            if field.get("default") in (None, "") or isinstance(field["default"], dict):
                field.pop("default", None)
    for definition in definitions.values():
        definition.pop("description", None)  # a class's docstring, for readers of the code
    definitions.get(ALL_BY_PROFILE, {}).pop("required", None)
    return {"$schema": DIALECT, **made}


def as_text(kind: type) -> str:
    """Return the schema as the text of a file."""
    return f"{json.dumps(json_schema(kind), indent=2)}\n"


def at(schema: JsonSchemaValue, *steps: str | int) -> JsonSchemaValue:
    """Return the part of schema for the value at steps: keys of mappings, numbers in lists."""
    found = resolved(schema, schema)
    for step in steps:
        inner = found["items"] if isinstance(step, int) else found["properties"][step]
        found = resolved(schema, inner)
    return found


def resolved(schema: JsonSchemaValue, part: JsonSchemaValue) -> JsonSchemaValue:
    """Return the part of schema with the definition that it refers to."""
    reference = part.get("$ref")
    if reference is None:
        return part
    return {**schema["$defs"][reference.rpartition("/")[2]], **part}
