"""Find scenarios: by path, in ./scenarios, or among those that come with labgen."""

from pathlib import Path

from labgen.errors import UsageError
from labgen.system import data
from labgen.system.similar import did_you_mean

HERE = Path("scenarios")
SUFFIX = ".yaml"


def find(scenario: str) -> Path:
    """Return the file of a scenario, given by path or by name.

    Raises UsageError if it does not exist.
    """
    if "/" in scenario or scenario.endswith(SUFFIX):
        path = Path(scenario)
        if not path.is_file():
            raise UsageError(f"there is no file {scenario}", hint="known by name: " + _list())
        return path
    for directory in _directories():
        path = directory / f"{scenario}{SUFFIX}"
        if path.is_file():
            return path
    question = did_you_mean(scenario, names())
    raise UsageError(f"there is no scenario {scenario!r}{question}", hint="there are: " + _list())


def names() -> list[str]:
    """Return the names of all scenarios, sorted."""
    files = [file for directory in _directories() for file in directory.glob(f"*{SUFFIX}")]
    return sorted({file.stem for file in files if file.is_file()})


def _directories() -> list[Path]:
    """Return the directories of scenarios; the user's, in the working directory, comes first."""
    return [HERE, data.directory("scenarios")]


def _list() -> str:
    return ", ".join(names()) or "none"
