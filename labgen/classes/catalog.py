"""Find classes' files: by path, in ./classes, or among those that come with labgen."""

from pathlib import Path

from labgen.errors import UsageError
from labgen.scenario.catalog import SUFFIX
from labgen.system import data
from labgen.system.similar import did_you_mean

HERE = Path("classes")


def find(wanted: str) -> Path:
    """Return the file of a class, given by path or by name. Raises UsageError if there is none."""
    if "/" in wanted or wanted.endswith(SUFFIX):
        path = Path(wanted)
        if not path.is_file():
            raise UsageError(f"there is no file {wanted}", hint="known by name: " + _list())
        return path
    for directory in (HERE, data.directory("classes")):
        path = directory / f"{wanted}{SUFFIX}"
        if path.is_file():
            return path
    question = did_you_mean(wanted, names())
    raise UsageError(
        f"there is no file of a class {wanted!r}{question}",
        hint=f"there are: {_list()}\nfor a class without a file: labgen class up SCENARIO "
        "--seats 4",
    )


def names() -> list[str]:
    """Return the names of all files of classes, sorted."""
    directories = (HERE, data.directory("classes"))
    files = [file for directory in directories for file in directory.glob(f"*{SUFFIX}")]
    return sorted({file.stem for file in files if file.is_file()})


def _list() -> str:
    return ", ".join(names()) or "none"
