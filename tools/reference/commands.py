"""docs/reference/commands.md, from the click commands themselves.

Only what click keeps of them is used, none of its own layout: that differs between its versions.
"""

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, get_args, get_origin

import click
from pydantic import BaseModel

from labgen.cli.entry import cli
from labgen.cli.output import OutputOption, Shape
from labgen.cli.verify import Verify

HEAD = """\
# Commands

<!-- generated: .venv/bin/python -m tools.reference -->

After `. .venv/bin/activate` in your checkout, the shell finds `labgen`. `-h` or `--help` shows the
help of any command. What the exit codes mean: [exit-codes.md](exit-codes.md).
"""
SINGULAR = {str: "string", bool: "boolean", int: "integer", float: "number"}
PLURAL = {str: "strings", float: "numbers", int: "integers"}


def page() -> str:
    """Return the complete page as Markdown."""
    sections = [_section("labgen", cli), *(_section(name, it) for name, it in walk(cli))]
    return "\n".join([HEAD, *sections])


def walk(group: click.Group, path: str = "labgen") -> Iterator[tuple[str, click.Command]]:
    """Yield every command below group, by its full name, in the order of the help."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from walk(command, f"{path} {name}")


def _section(path: str, command: click.Command) -> str:
    options = [param for param in command.params if isinstance(param, click.Option)]
    lines = [f"## {path}", "", "```text", _usage(path, command), "```", "", *_help(command)]
    if options:
        lines += ["| option | meaning |", "| --- | --- |"]
        lines += [f"| {_names(option)} | {_meaning(option)} |" for option in options]
        lines.append("")
    for option in options:
        if isinstance(option, OutputOption):
            lines += [line for shape in option.shapes for line in _shape(shape)]
    return "\n".join(lines)


def _shape(shape: Shape) -> Iterator[str]:
    """Yield a table of the fields that `-o json` prints."""
    what = "a list of objects" if shape.many else "an object"
    yield f"`-o json`{f' {shape.when}' if shape.when else ''} prints {what}:"
    yield ""
    yield "| field | type | meaning |"
    yield "| --- | --- | --- |"
    yield from _fields(shape.model, "")
    yield ""


def _fields(model: type[BaseModel], prefix: str) -> Iterator[str]:
    """Yield a row for each field, followed by rows for the fields of the objects in it."""
    for name, field in model.model_fields.items():
        nested = next((it for it in _parts(field.annotation) if _is_model(it)), None)
        yield f"| `{prefix}{name}` | {_type(field.annotation)} | {field.description or ''} |"
        if nested:
            many = "[]" if _type(field.annotation).startswith("list") else ""
            yield from _fields(nested, f"{prefix}{name}{many}.")


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _type(annotation: Any) -> str:
    """Return the JSON type of a field."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is UnionType:
        return " or ".join("null" if part is type(None) else _type(part) for part in parts)
    if origin is tuple:
        return f"list of {PLURAL.get(parts[0], 'objects')}"
    if origin is Mapping:
        return f"object, values: {_type(parts[1])}"
    return SINGULAR.get(annotation, "object")


def _usage(path: str, command: click.Command) -> str:
    words = [path]
    if any(isinstance(param, click.Option) for param in command.params):
        words.append("[OPTIONS]")
    words += [_argument(param) for param in command.params if isinstance(param, click.Argument)]
    if isinstance(command, click.Group):
        words.append("COMMAND ...")
    if isinstance(command, Verify):
        words.append("[-- PYTEST_ARGS...]")
    return " ".join(words)


def _argument(argument: click.Argument) -> str:
    word = argument.metavar or str(argument.name).upper()
    many = "..." if argument.nargs == -1 else ""
    return f"{word}{many}" if argument.required else f"[{word}{many}]"


def _help(command: click.Command) -> list[str]:
    paragraphs = (command.help or "").split("\n\n")
    return [line for text in paragraphs for line in (" ".join(text.split()), "")]


def _names(option: click.Option) -> str:
    value = ""
    if isinstance(option.type, click.Choice):
        value = " " + "\\|".join(map(str, option.type.choices))
    elif not (option.is_flag or option.count):
        value = f" {option.metavar or 'TEXT'}"
    return ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts]) + value


def _meaning(option: click.Option) -> str:
    default = f" Default: `{option.default}`." if option.show_default else ""
    return f"{option.help or ''}{default}".strip()
