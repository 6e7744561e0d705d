"""Which pages are generated, and from what."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tools.reference import commands, faults, inventory, mutations, scenario

DOCS = Path(__file__).parents[2] / "docs" / "reference"
PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands.page,
    "faults.md": faults.page,
    "inventory.md": inventory.page,
    "scenario.md": scenario.page,
    "mutations.md": mutations.page,
}
