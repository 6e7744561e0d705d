"""docs/reference/commands.md, from the click commands themselves.

Only what click keeps of them is used, none of its own layout: that differs between its versions.
"""

from collections.abc import Iterator

import click

from labgen.cli.entry import cli
from labgen.cli.verify import Verify

HEAD = """\
# Commands

<!-- generated: .venv/bin/python -m tools.reference -->

`labgen` stands for `.venv/bin/labgen` of your checkout. `-h` or `--help` shows the help of any
command. What the exit codes mean: [exit-codes.md](exit-codes.md).
"""


def page() -> str:
    """The whole page as Markdown."""
    sections = [_section("labgen", cli), *(_section(name, it) for name, it in walk(cli))]
    return "\n".join([HEAD, *sections])


def walk(group: click.Group, path: str = "labgen") -> Iterator[tuple[str, click.Command]]:
    """Every command below group, by its full name, in the order of the help."""
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
    return "\n".join(lines)


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
