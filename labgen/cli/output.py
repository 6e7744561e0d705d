"""The option -o: a command's result as text, or as JSON of a documented shape."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import click
from pydantic import BaseModel

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Shape:
    """What a command prints with `-o json`: one object of a model, or a list of them.

    when names the case, for a command that has several shapes.
    """

    model: type[BaseModel]
    many: bool = False
    when: str = ""


class OutputOption(click.Option):
    """The option itself; the reference page reads its shapes."""

    def __init__(self, *args: Any, shapes: Sequence[Shape] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shapes = tuple(shapes)


def output_option(
    model: type[BaseModel],
    *,
    many: bool = False,
    also: Sequence[Shape] = (),
    when: str = "",
    csv: bool = False,
) -> Callable[[F], F]:
    """Add -o, whose value is the parameter output: `text`, `json`, or `csv` for a command that can
    print it."""
    return click.option(
        "-o",
        "--output",
        type=click.Choice(["text", "json", *(["csv"] if csv else [])]),
        default="text",
        show_default=True,
        cls=OutputOption,
        shapes=[Shape(model, many, when), *also],
        help=f"Print the result as text{', as JSON or as CSV' if csv else ' or as JSON'}.",
    )


def print_json(result: BaseModel | Sequence[BaseModel]) -> None:
    """Print an object, or a list of them, as JSON."""
    if isinstance(result, BaseModel):
        data: Any = result.model_dump(mode="json")
    else:
        data = [one.model_dump(mode="json") for one in result]
    click.echo(json.dumps(data, indent=2))
