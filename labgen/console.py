"""Lines on standard error while something happens: plain, and coloured on a terminal."""

import sys
import threading
from collections.abc import Sequence

GREEN, RED, DIM, BOLD, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[1m", "\x1b[0m"


class Console:
    """Says things to people; threads may speak at once. quiet says nothing."""

    def __init__(self, *, quiet: bool = False, verbose: bool = False, colour: bool = False) -> None:
        self.verbose = verbose
        self._quiet = quiet
        self._colour = colour
        self._lock = threading.Lock()

    def say(self, text: str, colour: str = "") -> None:
        """One line."""
        if self._quiet:
            return
        painted = f"{colour}{text}{PLAIN}" if colour and self._colour else text
        with self._lock:
            sys.stderr.write(painted + "\n")

    def heading(self, text: str) -> None:
        self.say(text, BOLD)

    def note(self, text: str) -> None:
        self.say(text, DIM)

    def good(self, what: str, seconds: float, *, changed: bool) -> None:
        """A step that ended well."""
        word = "done" if changed else "ok"
        self.say(f"  {word:<5} {what:<34} {seconds:6.1f} s", GREEN if changed else DIM)

    def bad(self, what: str) -> None:
        self.say(f"  failed {what}", RED)

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Rows in columns as wide as their widest cell; the first row is the heading."""
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        for number, row in enumerate(rows):
            cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
            self.say("  ".join(cells).rstrip(), BOLD if number == 0 else "")
