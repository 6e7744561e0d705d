"""A comparison as tables for people, and as plain data for JSON."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from labgen.console import print_table
from labgen.recordings.compare import Comparison, Fault, Row, Value
from labgen.report.formatting import amount, number

HEADINGS = ("FIGURE", "A", "B", "B - A", "B / A", "LIMITS")
NUMBERS = range(1, 5)  # the columns that hold numbers


def print_comparison(comparison: Comparison, a: str, b: str) -> None:
    """Print the facts that differ, then a table for each fault; a and b name the two sides."""
    _say(f"A: {a}", f"B: {b}")
    _say(*(f"{name} differs: {one} (A), {other} (B)" for name, one, other in comparison.differs))
    for fault in comparison.faults:
        _say("", _title(fault))
        print_table(HEADINGS, [_cells(row) for row in fault.rows], right=NUMBERS)
    if comparison.only_a or comparison.only_b:
        _say("")
    for side, keys in (("A", comparison.only_a), ("B", comparison.only_b)):
        _say(*(f"only in {side}: {fault} on {target}" for fault, target in keys))


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


def _say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
