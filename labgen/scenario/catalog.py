"""Where scenarios are found: by path, in ./scenarios, or among those that come with labgen."""

import difflib
from pathlib import Path

from labgen.errors import UsageError
from labgen.system import data

HERE = Path("scenarios")
SUFFIX = ".yaml"


def find(scenario: str) -> Path:
    """The file of a scenario, given by path or by name. Raises WrongCall if there is none."""
    if "/" in scenario or scenario.endswith(SUFFIX):
        path = Path(scenario)
        if not path.is_file():
            raise UsageError(f"there is no file {scenario}", hint="known by name: " + _list())
        return path
    for directory in _directories():
        path = directory / f"{scenario}{SUFFIX}"
        if path.is_file():
            return path
    local_endpoint = difflib.get_close_matches(scenario, names(), n=1)
    question = f"; did you mean {local_endpoint[0]}?" if local_endpoint else ""
    raise UsageError(f"there is no scenario {scenario!r}{question}", hint="there are: " + _list())


def names() -> list[str]:
    """The names that find knows, sorted."""
    files = [file for directory in _directories() for file in directory.glob(f"*{SUFFIX}")]
    return sorted({file.stem for file in files if file.is_file()})


def _directories() -> list[Path]:
    """Those in the working directory come first: they are the user's own."""
    return [HERE, data.directory("scenarios")]


def _list() -> str:
    return ", ".join(names()) or "none"
