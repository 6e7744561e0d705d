"""The files that come with labgen: from the checkout, or from the installed package."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
# where such files may be, the installed package first
PLACES = (PACKAGE / "_data", PACKAGE.parent)


def directory(name: str) -> Path:
    """Return the directory of that name (provisioners, scenarios) of this labgen."""
    installed, checkout = (place / name for place in PLACES)
    return installed if installed.is_dir() else checkout
