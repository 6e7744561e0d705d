"""docs/reference/scenario.md, from the schema of scenario files and the timing profiles."""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, PlainValidator
from pydantic.fields import FieldInfo

from labgen.scenario import balancing, ssh_login, values
from labgen.scenario.profiles import PROFILES
from labgen.scenario.resolve import PORT, USER
from labgen.scenario.schema import ScenarioPart
from labgen.scenario.units import show_duration, show_size
from tools.reference.meanings import HEAD, MEANINGS, TAIL

TIMINGS = "loadBalancer.timings."
TYPES: dict[Callable[[object], object], str] = {
    values.duration: "duration",
    values.size: "size",
    values.disk: "size in whole GiB",
    values.network: "IPv4 network",
    values.network_or_auto: "`auto` or IPv4 network",
    values.address_or_auto: "`auto` or IPv4 address",
    values.label: "DNS label",
    values.prefix: "beginning of a DNS label",
    values.version: "version, as `v1.37.2`",
    values.libvirt_uri: "libvirt URI of QEMU",
    balancing.switch: "`true` or `false`",
    balancing.duration_or_none: "`none` or duration",
    balancing.priorities: "`auto` or list of whole numbers",
    balancing.bind: "list of `*`, `machine` and IPv4 addresses",
    ssh_login.address: "IPv4 address",
    ssh_login.host_key: "public key, as `ssh-ed25519 AAAA...`",
    ssh_login.path: "path",
    ssh_login.place: "`[USER@]HOST[:PORT]`",
    ssh_login.command: "list of words",
}
# How values are written that are no words or numbers.
SHOWN: dict[Callable[[object], object], Callable[[Any], str]] = {
    balancing.switch: lambda value: str(value).lower(),
    balancing.duration_or_none: lambda value: show_duration(value) if value else balancing.NONE,
    balancing.priorities: lambda value: str(list(value)) if value else values.AUTO,
    balancing.bind: lambda value: str(list(value)),
}
# What stands for nothing written, where that is not `auto`.
UNWRITTEN = {
    "provider.uri": "`qemu:///system`",
    "provider.user": f"`{USER}`",
    "provider.port": f"`{PORT}`",
    "provider.key": "those of `ssh`",
}
OF_THE_PROVIDER = re.compile(r"machines\[\]\.hosts\[\]\.(user|port|key|sudoPasswordFile)")


@dataclass(frozen=True)
class Leaf:
    """One field that holds a value; path as in machines[].count."""

    path: str
    key: str
    info: FieldInfo

    @property
    def reader(self) -> Callable[[object], Any]:
        """The function that reads the field's value."""
        (found,) = (item for item in self.info.metadata if isinstance(item, PlainValidator))
        return found.func  # type: ignore[return-value]


def page() -> str:
    """The whole page as Markdown."""
    leaves = list(walk(ScenarioPart))
    unknown = MEANINGS.keys() - {leaf.path for leaf in leaves}
    if unknown:
        raise KeyError(f"tools/reference/meanings.py explains fields that are gone: {unknown}")
    fields = [leaf for leaf in leaves if not leaf.path.startswith(TIMINGS)]
    timings = [leaf for leaf in leaves if leaf.path.startswith(TIMINGS)]
    lines = [HEAD, "## Fields", "", "| field | type | default | meaning |"]
    lines += ["| --- | --- | --- | --- |", *map(_field_row, fields), ""]
    profiles = " | ".join(f"`{name}`" for name in PROFILES)
    lines += ["## loadBalancer.timings", "", f"| field | type | {profiles} | meaning |"]
    lines += ["| --- " * (len(PROFILES) + 3) + "|", *map(_timing_row, timings), "", TAIL]
    return "\n".join(lines)


def walk(part: type[BaseModel], before: str = "") -> Iterator[Leaf]:
    """Every field that holds a value, in the order of the schema."""
    for name, info in part.model_fields.items():
        key = info.alias or name
        nested: Any = next(iter(get_args(info.annotation)), info.annotation)
        if isinstance(nested, type) and issubclass(nested, BaseModel):
            many = "[]" if nested is not info.annotation else ""
            yield from walk(nested, f"{before}{key}{many}.")
        else:
            yield Leaf(f"{before}{key}", name, info)


def _field_row(leaf: Leaf) -> str:
    meaning = MEANINGS[leaf.path]
    return f"| `{leaf.path}` | {type_of(leaf.reader)} | {_default(leaf)} | {meaning} |"


def _timing_row(leaf: Leaf) -> str:
    values_ = (getattr(profile, leaf.key) for profile in PROFILES.values())
    shown = " | ".join(_shown(leaf.reader, value) for value in values_)
    name = leaf.path.removeprefix(TIMINGS)
    return f"| `{name}` | {type_of(leaf.reader)} | {shown} | {MEANINGS[leaf.path]} |"


def _default(leaf: Leaf) -> str:
    if leaf.info.is_required():
        return "required"
    if leaf.info.default is None:
        return _unwritten(leaf.path)
    return _shown(leaf.reader, leaf.info.default)


def _unwritten(path: str) -> str:
    if OF_THE_PROVIDER.fullmatch(path):
        return "the provider's"
    usual = "`auto`" if path.startswith("network.") else "none"
    return UNWRITTEN.get(path, usual)


def _shown(reader: Callable[[object], object], value: Any) -> str:
    """The value as one would write it in the file."""
    if reader in SHOWN:
        return f"`{SHOWN[reader](value)}`"
    if value == "":
        return "none"
    if reader is values.duration:
        return f"`{show_duration(value)}`"
    if reader is values.size:
        return f"`{show_size(value)}`"
    return f"`{value}GiB`" if reader is values.disk else f"`{value}`"


def type_of(reader: Callable[[object], object]) -> str:
    """What may be written; the limits of a made reader stand in its closure."""
    if reader in TYPES:
        return TYPES[reader]
    made = inspect.getclosurevars(reader).nonlocals
    if "allowed" in made:
        return " or ".join(f"`{word}`" for word in made["allowed"])
    if "highest" in made:
        return f"whole number, {made['lowest']} to {made['highest']}"
    return "text"
