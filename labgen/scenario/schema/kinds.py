"""The kinds of values in a scenario file: how each is read, written and described.

A reader raises ValueError with a text that names a valid value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, TypeVar, get_args

from pydantic import (
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, core_schema

from labgen.scenario import balancing, ssh_login, units, values

T = TypeVar("T")
# Of a file and every mapping in it: keys are in camelCase, and unknown ones are refused.
FILE = ConfigDict(alias_generator=to_camel, extra="forbid")
WRITER = "labgen-write"  # where a core schema keeps the writer of its values
BYTE = "[0-9]{1,3}"
ADDRESS = rf"{BYTE}\.{BYTE}\.{BYTE}\.{BYTE}"
DECIMAL = r"[0-9]{1,9}(\.[0-9]{1,6})?"
DURATION = rf"{DECIMAL}\s*({'|'.join(units.DURATIONS)})"
SIZE = rf"{DECIMAL}\s*({'|'.join(units.SIZES)})"


def _as_it_is(value: Any) -> object:
    return value


@dataclass(frozen=True)
class Kind:
    """One kind of value, as metadata of a field for pydantic.

    These functions read and write Python data, which is that of a file. JSON is the internal form
    of existing labs and has the values as they are.
    """

    read: Callable[[object], Any]  # from plain YAML data to the value; raises ValueError
    title: str = ""  # what people call it; empty where the JSON Schema says all
    write: Callable[[Any], object] = _as_it_is  # from the value to plain YAML data
    schema: Mapping[str, object] = field(default_factory=dict)  # its JSON Schema

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return the reader and the writer in pydantic's terms."""
        plain = handler(source)
        return core_schema.json_or_python_schema(
            json_schema=plain,
            python_schema=core_schema.no_info_plain_validator_function(self.read),
            serialization=core_schema.wrap_serializer_function_ser_schema(
                self._write, info_arg=True, schema=plain
            ),
            metadata={WRITER: self.write},
        )

    def __get_pydantic_json_schema__(self, *_: object) -> dict[str, object]:
        """Return the JSON Schema with the title."""
        return {**({"title": self.title} if self.title else {}), **self.schema}

    def _write(
        self,
        value: object,
        plain: SerializerFunctionWrapHandler,
        info: core_schema.SerializationInfo,
    ) -> object:
        return plain(value) if info.mode_is_json() else self.write(value)


class _NeverNull:
    """Refuses null in a file for a value that may only be omitted."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        value = handler.generate_schema(get_args(source)[0])
        return core_schema.json_or_python_schema(
            json_schema=handler(source), python_schema=value, serialization=None
        )

    def __get_pydantic_json_schema__(
        self, schema: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, object]:
        return handler(schema["python_schema"])


# None stands for an omitted value; a file cannot contain it.
Omittable = Annotated[T | None, _NeverNull()]
Port = Annotated[int, Field(strict=True, ge=1, le=65535)]


def one_of(*allowed: str) -> Kind:
    """Return the kind of a value that is one of a few words."""
    return Kind(values.choice(*allowed), schema={"type": "string", "enum": list(allowed)})


def member_of(words: type[StrEnum]) -> Kind:
    """Return the kind of a value that is a member of words."""
    read = values.choice(*words)
    schema = {"type": "string", "enum": [str(word) for word in words]}
    return Kind(lambda value: words(read(value)), write=str, schema=schema)


def _matching(pattern: str, **more: object) -> dict[str, object]:
    """Return the JSON Schema of text that matches the complete pattern."""
    return {"type": "string", "pattern": f"^{pattern}$", **more}


def _or_word(word: str, schema: Mapping[str, object]) -> dict[str, object]:
    """Return a JSON Schema that also accepts word."""
    return {"anyOf": [{"const": word}, dict(schema)]}


def _or_auto(value: Any) -> object:
    return values.AUTO if value is None else str(value)


def _show_priorities(priorities: tuple[int, ...]) -> object:
    return list(priorities) or values.AUTO


def _show_duration_or_none(milliseconds: int) -> object:
    return units.show_duration(milliseconds) if milliseconds else balancing.NONE


def _show_disk(gibibytes: int) -> object:
    return f"{gibibytes}GiB"


_NETWORK = _matching(rf"{ADDRESS}/[0-9]{{1,2}}")
_ADDRESS = _matching(ADDRESS)

DURATION_KIND = Kind(values.duration, "duration", units.show_duration, _matching(DURATION))
DURATION_OR_NONE = Kind(
    balancing.duration_or_none,
    "`none` or duration",
    _show_duration_or_none,
    _or_word(balancing.NONE, _matching(DURATION)),
)
SIZE_KIND = Kind(values.size, "size", units.show_size, _matching(SIZE))
DISK = Kind(values.disk, "size in whole GiB", _show_disk, _matching(SIZE))
NETWORK = Kind(values.network, "IPv4 network", str, _NETWORK)
NETWORK_OR_AUTO = Kind(
    values.network_or_auto,
    "`auto` or IPv4 network",
    _or_auto,
    _or_word(values.AUTO, _NETWORK),
)
ADDRESS_OR_AUTO = Kind(
    values.address_or_auto,
    "`auto` or IPv4 address",
    _or_auto,
    _or_word(values.AUTO, _ADDRESS),
)
MACHINE_ADDRESS = Kind(
    ssh_login.address, "IPv4 address", lambda address: address and str(address), _ADDRESS
)
LABEL = Kind(
    values.label,
    "DNS label",
    schema=_matching(values.LABEL.pattern, maxLength=values.LABEL_LENGTH),
)
PREFIX = Kind(values.prefix, "beginning of a DNS label", schema=_matching(values.PREFIX.pattern))
VERSION = Kind(
    values.version, "version such as `v1.37.2`", schema=_matching(values.VERSION.pattern)
)
LIBVIRT_URI = Kind(
    values.libvirt_uri, "libvirt URI of QEMU", schema=_matching(values.LIBVIRT.pattern)
)
PRIORITIES = Kind(
    balancing.priorities,
    "`auto` or list of whole numbers",
    _show_priorities,
    _or_word(
        values.AUTO,
        {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {
                "type": "integer",
                "minimum": balancing.PRIORITIES[0],
                "maximum": balancing.PRIORITIES[1],
            },
        },
    ),
)
BIND = Kind(
    balancing.bind,
    "list of `*`, `machine` and IPv4 addresses",
    list,
    {
        "type": "array",
        "minItems": 1,
        "items": {"anyOf": [{"enum": [balancing.ANY, balancing.MACHINE]}, _ADDRESS]},
    },
)
LOGIN_NAME = Kind(ssh_login.user, "login name", schema=_matching(ssh_login.USER.pattern))
JUMP = Kind(ssh_login.place, "`[USER@]HOST[:PORT]`", schema=_matching(ssh_login.PLACE.pattern))
PATH = Kind(ssh_login.path, "path", schema={"type": "string", "minLength": 1})
HOST_KEY = Kind(
    ssh_login.host_key,
    "public key such as `ssh-ed25519 AAAA...`",
    schema={"type": "string", "pattern": r"^\s*(ssh-|ecdsa-)\S+\s+\S+"},
)
COMMAND = Kind(
    ssh_login.command,
    "list of words",
    lambda words: list(words) if words else None,
    {"type": "array", "minItems": 1, "items": {"type": ["string", "integer"]}},
)
