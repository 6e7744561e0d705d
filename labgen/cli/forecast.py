"""A forecast of memory, disk and cores, in the shape for JSON."""

from dataclasses import fields

from labgen.cli import shapes
from labgen.providers.capacity import Forecast


def shape(found: Forecast | None) -> shapes.Forecast | None:
    """Return the shape of a forecast, if there is one."""
    if found is None:
        return None
    known = {field.name: getattr(found, field.name) for field in fields(found)}
    known.pop("memory_is_limit")
    return shapes.Forecast(**{**known, "cores": round(found.cores, 2)}, note=found.note)
