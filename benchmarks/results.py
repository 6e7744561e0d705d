"""A file of results: facts of the host, and every single value of each figure."""

import os
import statistics
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from labgen.errors import UsageError, os_reason

# Of all figures, less is better. What does not begin with one of these is in seconds.
UNITS = {
    "memory": "GiB",
    "idle": "cores",
    "checkpoint: size": "MiB",
    "failover: requests": "requests",
    "failover: answers": "answers",
}


class Figure(BaseModel):
    """One figure of a scenario, in all runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: str
    median: float
    values: tuple[float, ...] = Field(min_length=1)  # in the order of the runs


class Results(BaseModel):
    """The contents of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["labgen-benchmark/v1"] = "labgen-benchmark/v1"
    taken: str  # when the first run began: UTC, ISO 8601
    host: Mapping[str, str | float]
    scenarios: Mapping[str, Mapping[str, Figure]]  # figures by name, in the order of measurement


def unit(figure: str) -> str:
    """Return the unit of the figure of that name."""
    return next((unit for start, unit in UNITS.items() if figure.startswith(start)), "s")


def collect(runs: Iterable[Mapping[str, float]]) -> dict[str, Figure]:
    """Return the figures of all runs of one scenario. A run may lack a figure."""
    values: dict[str, list[float]] = {}
    for run in runs:
        for name, value in run.items():
            values.setdefault(name, []).append(round(value, 4))
    return {
        name: Figure(unit=unit(name), median=round(statistics.median(them), 4), values=tuple(them))
        for name, them in values.items()
    }


def read(path: Path) -> Results:
    """Return the results in a file. Raises UsageError if it has none."""
    try:
        return Results.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read results: {os_reason(error)}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "file"
        raise UsageError(
            f"{path} has no results of benchmarks: {place}: {first['msg']}",
            hint="such a file is written by: python -m benchmarks -o FILE",
        ) from error


def ensure_writable(path: Path) -> None:
    """Raise UsageError if results cannot be written there: before an hour of measurements."""
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"cannot write results: {path}")


def write(path: Path, results: Results) -> None:
    """Write the results as JSON. Raises UsageError if that is not possible."""
    try:
        path.write_text(results.model_dump_json(indent=2) + "\n")
    except OSError as error:
        raise UsageError(f"cannot write results: {os_reason(error)}") from error
