"""A comparison as lines with columns for users, and as plain data for JSON."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from labgen.recordings.compare import Comparison, Fault, Row, Value
from labgen.report.formatting import amount, number

HEADING = ("", "A", "B", "B - A", "B / A", "")


def lines(comparison: Comparison, a: str, b: str) -> Iterator[str]:
    """Return the settings that differ, then the figures of each fault; a and b name the sides."""
    yield f"A: {a}"
    yield f"B: {b}"
    for name, left, right in comparison.differs:
        yield f"{name} differs: {left} (A), {right} (B)"
    tables = [[_cells(row) for row in fault.rows] for fault in comparison.faults]
    widths = [
        max(len(cells[column]) for cells in [HEADING, *(row for rows in tables for row in rows)])
        for column in range(len(HEADING))
    ]
    for fault, table in zip(comparison.faults, tables, strict=True):
        yield ""
        yield _title(fault)
        for cells in [HEADING, *table]:
            yield _columns(cells, widths)
    if comparison.only_a or comparison.only_b:
        yield ""
    for side, keys in (("A", comparison.only_a), ("B", comparison.only_b)):
        for fault_name, target in keys:
            yield f"only in {side}: {fault_name} on {target}"


def data(comparison: Comparison) -> dict[str, Any]:
    """Return data for JSON. difference and ratio are null where they are undefined."""
    shown = asdict(comparison)
    for fault, listed in zip(comparison.faults, shown["faults"], strict=True):
        for row, fields in zip(fault.rows, listed["rows"], strict=True):
            fields |= {"difference": row.difference, "ratio": row.ratio}
    shown["only_a"] = [_key(key) for key in comparison.only_a]
    shown["only_b"] = [_key(key) for key in comparison.only_b]
    shown["differs"] = [
        {"name": name, "a": left, "b": right} for name, left, right in comparison.differs
    ]
    return shown


def _key(key: tuple[str, str]) -> dict[str, str]:
    return {"fault": key[0], "target": key[1]}


def _title(fault: Fault) -> str:
    if fault.target_a == fault.target_b:
        return f"{fault.fault} on {fault.target_a}"
    return f"{fault.fault} on {fault.target_a} in A, on {fault.target_b} in B"


def _cells(row: Row) -> tuple[str, ...]:
    difference, ratio = row.difference, row.ratio
    return (
        row.name,
        _value(row.a, row.unit),
        _value(row.b, row.unit),
        _difference(difference, row.unit),
        "-" if ratio is None else f"{ratio:.2f}",
        "; ".join(_exceeded(name, side, row.unit) for name, side in _over(row)),
    )


def _difference(difference: float | None, unit: str) -> str:
    if difference is None:
        return "-"
    shown = round(difference, 2) + 0.0  # no minus before 0
    return f"{'+' if shown > 0 else ''}{amount(shown, unit)}"


def _value(side: Value | None, unit: str) -> str:
    if side is None:
        return "-"
    if side.runs == 1:
        return amount(side.median, unit)
    least, most = number(side.least), number(side.most)
    return f"{number(side.median)} ({least} to {most}) {unit}"


def _over(row: Row) -> Iterator[tuple[str, Value]]:
    for name, side in (("A", row.a), ("B", row.b)):
        if side is not None and side.exceeded:
            yield name, side


def _exceeded(name: str, side: Value, unit: str) -> str:
    times = f" in {side.exceeded} of {side.runs} runs" if side.runs > 1 else ""
    limit = "" if side.limit is None else f" of {amount(side.limit, unit)}"
    return f"{name} exceeded its limit{limit}{times}"


def _columns(cells: tuple[str, ...], widths: list[int]) -> str:
    name, *values, last = cells
    right = [f"{value:>{width}}" for value, width in zip(values, widths[1:-1], strict=True)]
    return "  ".join(["", f"{name:<{widths[0]}}", *right, last]).rstrip()
