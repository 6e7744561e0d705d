"""Show the progress of a build: bars on a terminal, plain lines elsewhere, nothing when quiet."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from rich.console import Console
from rich.progress import Progress as RichProgress
from rich.progress import ProgressColumn, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
from rich.progress_bar import ProgressBar

from labgen.bundle.engine.recipe import Part

NEARLY = 0.98  # a bar by forecast never says done before it is


class Progress(Protocol):
    """Shows the user what a build does."""

    def note(self, text: str) -> None:
        """Print one line."""

    def part(self, number: int, total: int, part: Part) -> AbstractContextManager[None]:
        """Return a context manager for the time in which one part is built."""


class Quiet:
    """Shows nothing."""

    def note(self, text: str) -> None:
        """Do nothing."""

    def part(self, number: int, total: int, part: Part) -> AbstractContextManager[None]:  # noqa: ARG002
        return nullcontext()


class Lines:
    """One line per part, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def note(self, text: str) -> None:
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    @contextmanager
    def part(self, number: int, total: int, part: Part) -> Iterator[None]:
        started = time.monotonic()
        self.note(f"[{number}/{total}] {part.name}: {part.title}, about {part.seconds:.0f} s")
        yield
        self.note(f"[{number}/{total}] {part.name}: built in {time.monotonic() - started:.0f} s")


class Bars(Lines):
    """A bar per part, moved by its forecast: compilers do not report their progress."""

    @contextmanager
    def part(self, number: int, total: int, part: Part) -> Iterator[None]:
        started = time.monotonic()
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            _ForecastBar(),
            TimeElapsedColumn(),
        )
        with RichProgress(*columns, console=self._console, transient=True) as bars:
            bars.add_task(f"\\[{number}/{total}] {part.title}", total=part.seconds)
            yield
        self.note(f"[{number}/{total}] {part.name}: built in {time.monotonic() - started:.0f} s")


class _ForecastBar(ProgressColumn):
    """A bar of elapsed time relative to the task's forecast in seconds."""

    def render(self, task: Task) -> ProgressBar:
        total = task.total or 1.0
        return ProgressBar(
            total=total, completed=min(task.elapsed or 0.0, NEARLY * total), width=40
        )


def choose(*, quiet: bool, console: Console | None = None) -> Progress:
    """Return the suitable progress; rich honours NO_COLOR and detects a terminal."""
    if quiet:
        return Quiet()
    console = console or Console(stderr=True)
    return Bars(console) if console.is_terminal else Lines(console)
