"""Render templates to text. It is an error if a template uses a name that is not set."""

import json
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined

from labgen.system import data


def render(template: str, **values: Any) -> str:
    """Return the text of templates/TEMPLATE.j2 with values. Vagrantfile.j2 is in the top
    directory."""
    return _environment().get_template(f"{template}.j2").render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("labgen.render"), FileSystemLoader(data.PLACES)]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - configuration files, no HTML
    )
    environment.filters["quoted"] = _quoted
    # Quotes every text: YAML reads no, 1e3, 0x1f and 20240612 otherwise. JSON's quoting is YAML's.
    environment.filters["yaml"] = lambda value: json.dumps(str(value), ensure_ascii=False)
    environment.filters["seconds"] = lambda milliseconds: f"{milliseconds / 1000:g}"
    return environment


def _quoted(path: object) -> str:
    """Return a path as ssh_config(5) reads it: blanks are in quotes, and % begins a token."""
    return '"' + str(path).replace("%", "%%") + '"'
