"""SVG paths of many marks in few bytes: relative moves, and one mark where several would
coincide."""

from collections.abc import Iterable

Point = tuple[float, float]
DENSE = 2.0  # pixels from mark to mark; where there are fewer, marks of one pixel are merged


def dots(points: Iterable[Point]) -> str:
    """Return the path of a dot at each point: a line without length, drawn with round ends."""
    pen = _Pen()
    for x, y in points:
        pen.move(x, y)
        pen.draw("h0")
    return pen.path()


def columns(points: Iterable[Point]) -> str:
    """Return a path for crowded dots: each pixel that has one, joined from top to bottom."""
    pen = _Pen()
    pixels = sorted({(round(x), round(y)) for x, y in points})
    for number, (x, y) in enumerate(pixels):
        if number and pixels[number - 1] == (x, y - 1):
            continue
        length = 0
        while number + length + 1 < len(pixels) and pixels[number + length + 1] == (
            x,
            y + length + 1,
        ):
            length += 1
        pen.move(x, y)
        pen.draw(f"v{length}" if length else "h0", down=length)
    return pen.path()


def crosses(points: Iterable[Point], size: float) -> str:
    """Return the path of a cross of size pixels at each point; crosses that would overlap by half
    are drawn once."""
    grid = size / 2
    pen = _Pen()
    seen = {(round(x / grid), round(y / grid)): (x, y) for x, y in points}
    whole = _short(round(size * 10))
    for x, y in sorted(seen.values()):
        pen.move(x - size / 2, y - size / 2)
        pen.draw(f"l{whole} {whole}m-{whole} 0l{whole}-{whole}", right=size)
    return pen.path()


class _Pen:
    """Writes a path. Positions are kept in tenths of a pixel, so that rounding errors do not add
    up."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._x = self._y = 0

    def move(self, x: float, y: float) -> None:
        to_x, to_y = round(x * 10), round(y * 10)
        right, down = _short(to_x - self._x), _short(to_y - self._y)
        self._parts.append(f"m{right}{'' if down.startswith('-') else ' '}{down}")
        self._x, self._y = to_x, to_y

    def draw(self, command: str, *, right: float = 0, down: float = 0) -> None:
        """Append a command that leaves the pen that many pixels away."""
        self._parts.append(command)
        self._x += round(right * 10)
        self._y += round(down * 10)

    def path(self) -> str:
        return "".join(self._parts)


def _short(tenths: int) -> str:
    """12 -> 1.2, 10 -> 1, -5 -> -.5"""
    sign, whole, rest = "-" * (tenths < 0), abs(tenths) // 10, abs(tenths) % 10
    digits = f"{whole or ''}.{rest}" if rest else f"{whole}"
    return f"{sign}{digits}"
