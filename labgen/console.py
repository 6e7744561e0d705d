"""What people read: progress on standard error, tables on standard output."""

import os
import sys
import threading
from collections.abc import Collection, Iterable, Sequence
from typing import TextIO

GREEN, RED, DIM, BOLD, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[1m", "\x1b[0m"
GAP = "  "  # between two columns


class Console:
    """Prints progress to standard error; safe between threads. A quiet one prints nothing."""

    def __init__(self, *, quiet: bool = False, verbose: bool = False, colour: bool = False) -> None:
        self.verbose = verbose
        self._quiet = quiet
        self._colour = colour
        self._lock = threading.Lock()

    def say(self, text: str, colour: str = "") -> None:
        """Print one line."""
        if self._quiet:
            return
        painted = f"{colour}{text}{PLAIN}" if colour and self._colour else text
        with self._lock:
            sys.stderr.write(painted + "\n")

    def heading(self, text: str) -> None:
        """Print a line that stands out."""
        self.say(text, BOLD)

    def note(self, text: str) -> None:
        """Print a line that stays in the background."""
        self.say(text, DIM)

    def good(self, what: str, seconds: float, *, changed: bool) -> None:
        """Print a step that succeeded and whether it changed anything."""
        word = "done" if changed else "ok"
        self.say(f"  {word:<5} {what:<34} {seconds:6.1f} s", GREEN if changed else DIM)

    def bad(self, what: str) -> None:
        """Print a step that failed."""
        self.say(f"  failed {what}", RED)

    def table(
        self, headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Collection[int] = ()
    ) -> None:
        """Print a table, as print_table does."""
        if not self._quiet:
            with self._lock:
                print_table(headings, rows, right=right, file=sys.stderr)


def print_table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Collection[int] = (),
    file: TextIO | None = None,
) -> None:
    """Print rows below headings, in columns; right has the numbers of those aligned to the right.

    On a terminal, cells wrap within its width, and NO_COLOR turns styles off. Elsewhere, each row
    is one line of plain text, however long. file is standard output unless given.

    Raises BrokenPipeError when nobody reads any more. Without the flush, Python itself would report
    that at the end of the program.
    """
    target = file or sys.stdout
    if target is None:  # closed before the program began
        return
    listed = [list(row) for row in rows]
    if target.isatty():
        _print_wrapped(headings, listed, right, target)
        return
    for line in _lines([list(headings), *listed], right):
        target.write(line + "\n")
    target.flush()


def _lines(rows: Sequence[Sequence[str]], right: Collection[int]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if number in right else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield GAP.join(cells).rstrip()


def _print_wrapped(
    headings: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[int], file: TextIO
) -> None:
    # Imported here because most commands print no table to a terminal.
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.console import Console as RichConsole  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415 - cells are text, never rich's markup

    style = "" if os.environ.get("NO_COLOR") else "bold"  # rich drops colours only
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style=style)
    for number, heading in enumerate(headings):
        justify = "right" if number in right else "left"
        table.add_column(Text(heading), justify=justify, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*map(Text, row))
    RichConsole(file=file).print(table)
