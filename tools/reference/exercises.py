"""docs/reference/exercises.md, from the exercises that come with labgen."""

from labgen.exercises.load import load
from labgen.exercises.model import FILE, Exercise
from labgen.exercises.schema import LEVELS
from labgen.system import data

HEAD = """\
# Exercises

<!-- generated: .venv/bin/python -m tools.reference -->

The exercises that come with labgen. `labgen exercise show NAME` prints a task, and
`labgen exercise start LAB NAME` breaks a lab. [How to use them](../how-to/exercises.md),
[how to write one](../how-to/write-an-exercise.md).

Each is tested on a real lab: the broken state fails its checks, nothing else of the suite's tier
smoke is broken that the exercise does not name, a reset is the broken state again, and the
reference repair passes all checks.
"""


def page() -> str:
    """Return the whole page as Markdown."""
    directory = data.directory("exercises")
    found = [load(path.parent) for path in sorted(directory.glob(f"*/{FILE}"))]
    levels = [level for level in LEVELS if any(it.level == level for it in found)]
    return "\n".join([HEAD, *(_level(level, found) for level in levels)])


def _level(level: str, exercises: list[Exercise]) -> str:
    lines = [f"## {level.capitalize()}", "", "| exercise | incident | needs | minutes | points |"]
    lines += ["| --- | --- | --- | --- | --- |"]
    lines += [
        f"| `{it.name}` | {it.title} | {it.needs} | {it.minutes} | {it.points} |"
        for it in exercises
        if it.level == level
    ]
    return "\n".join([*lines, ""])
