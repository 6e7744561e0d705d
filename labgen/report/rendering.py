"""The environment of the templates in templates/."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from labgen.report.formatting import number


@cache
def environment() -> Environment:
    """Return the environment. Everything from a recording is escaped."""
    found = Environment(
        loader=PackageLoader("labgen.report"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )
    found.filters["px"] = lambda pixels: f"{pixels:.1f}".removesuffix(".0")
    found.filters["count"] = number
    return found
