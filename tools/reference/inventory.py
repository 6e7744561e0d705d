"""docs/reference/inventory.md, from the schema of inventory files."""

from labgen.inventory.schema import InventoryPart
from tools.reference.json_schema import leaves
from tools.reference.scenario import row

HEAD = """\
# Inventory files

<!-- generated: .venv/bin/python -m tools.reference -->

An inventory describes how to reach a cluster that labgen did not build, for
[`labgen verify --inventory FILE`](../how-to/verify-another-cluster.md). It names `hosts`, a
`kubeconfig` or both. Paths are relative to the file. Unknown and duplicate keys are errors, and all
errors of a file are reported together.

| field | type | default | meaning |
| --- | --- | --- | --- |
"""


def page() -> str:
    """Return the whole page as Markdown."""
    return HEAD + "".join(f"{row(leaf)}\n" for leaf in leaves(InventoryPart))
