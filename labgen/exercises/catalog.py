"""Find exercises: by path, in ./exercises, in the user's configuration, or in the package."""

from pathlib import Path

from labgen.errors import UsageError
from labgen.exercises.load import load
from labgen.exercises.model import FILE, Exercise
from labgen.system import data, paths
from labgen.system.similar import did_you_mean

HERE = Path("exercises")


def find(exercise: str) -> Exercise:
    """Return the exercise of that name, or in the directory of that path.

    Raises UsageError if there is none, ScenarioInvalid if it has errors.
    """
    if "/" in exercise:
        path = Path(exercise)
        path = path.parent if path.name == FILE else path
        if not (path / FILE).is_file():
            raise UsageError(f"there is no {path / FILE}", hint="known by name: " + _list())
        return load(path)
    for directory in directories():
        if (directory / exercise / FILE).is_file():
            return load(directory / exercise)
    question = did_you_mean(exercise, names())
    raise UsageError(f"there is no exercise {exercise!r}{question}", hint="there are: " + _list())


def names() -> list[str]:
    """Return the names of all exercises, sorted."""
    files = (file for directory in directories() for file in directory.glob(f"*/{FILE}"))
    return sorted({file.parent.name for file in files if file.is_file()})


def directories() -> list[Path]:
    """Return the directories of exercises. The one in the working directory comes first, then the
    user's, then that of labgen."""
    return [HERE, paths.config() / "exercises", data.directory("exercises")]


def _list() -> str:
    return ", ".join(names()) or "none"
