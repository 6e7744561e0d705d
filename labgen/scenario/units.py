"""Read and write durations (250ms, 1s) and sizes (2GiB, 512MiB)."""

import re
from decimal import Decimal

DURATIONS = {"ms": 1, "s": 1000, "m": 60_000}
SIZES = {"MiB": 1, "GiB": 1024, "TiB": 1024 * 1024}
NUMBER = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*([A-Za-z]*)", re.ASCII)
# HAProxy keeps times in a signed int of milliseconds (its manual, "2.5. Time format").
LONGEST = 2**31 - 1


def duration(text: str) -> int:
    """Return the milliseconds of a duration such as 250ms, 1s, 1.5s or 2m. Raises ValueError."""
    amount = _amount(text, DURATIONS, "a duration", "a number and ms, s or m, such as 250ms or 1s")
    if amount != int(amount):
        raise ValueError(f"{text!r} has parts of a millisecond; use whole milliseconds")
    if not 1 <= amount <= LONGEST:
        raise ValueError(f"{text!r} is out of range; use 1ms or more, at most 24 days")
    return int(amount)


def size(text: str) -> int:
    """Return the MiB of a size such as 512MiB, 2GiB or 1.5GiB. Raises ValueError."""
    amount = _amount(text, SIZES, "a size", "a number and MiB, GiB or TiB, such as 2GiB")
    if amount != int(amount) or amount < 1:
        raise ValueError(f"{text!r} is not a whole number of MiB; use 1MiB or more")
    return int(amount)


def show_duration(milliseconds: int) -> str:
    """Return the shortest notation of a duration that is read back as the same value."""
    return f"{milliseconds // 1000}s" if milliseconds % 1000 == 0 else f"{milliseconds}ms"


def show_size(mebibytes: int) -> str:
    """Return the shortest notation of a size that is read back as the same value."""
    return f"{mebibytes // 1024}GiB" if mebibytes % 1024 == 0 else f"{mebibytes}MiB"


def _amount(text: str, units: dict[str, int], what: str, example: str) -> Decimal:
    match = NUMBER.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not {what}; write {example}")
    number, unit = match.groups()
    if not unit:
        raise ValueError(f"{text!r} has no unit; write {example}")
    if unit not in units:
        raise ValueError(f"{text!r} has the unknown unit {unit}; write {example}")
    return Decimal(number) * units[unit]
