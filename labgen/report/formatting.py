"""Format numbers for users: times, amounts with their unit, counts."""

from collections.abc import Mapping


def moment(at: float) -> str:
    """Return seconds from the fault with their sign: +0.38, -2.00, 0.00."""
    shown = f"{at:+.2f}"
    return "0.00" if float(shown) == 0 else shown


def number(value: float) -> str:
    """Return a number with about three digits; integers without decimals, thousands with commas."""
    size = abs(value)
    if float(value).is_integer() or size >= 100:
        return f"{value:,.0f}"
    if size < 0.01:
        return f"{value:.2g}"
    return f"{value:.2f}" if size < 10 else f"{value:.1f}"


def amount(value: float, unit: str) -> str:
    """Return a number with its unit: 0.37 s, 1 request, 8 requests."""
    single = value == 1 and len(unit) > 3  # not s, ms
    return f"{number(value)} {unit.removesuffix('s') if single else unit}".strip()


def kinds(failures: Mapping[str, int]) -> str:
    """Return the number of failures of each kind: `7 timeout, 1 reset`."""
    return ", ".join(f"{count} {failure}" for failure, count in failures.items())
