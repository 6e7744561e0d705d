"""Which pages are generated, and from what."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tools.reference import commands, scenario

DOCS = Path(__file__).parents[2] / "docs" / "reference"
PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands.page,
    "scenario.md": scenario.page,
}
