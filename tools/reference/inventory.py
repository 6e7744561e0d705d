"""docs/reference/inventory.md, from the schema of inventory files."""

from labgen.inventory.schema import ANY_NAME, InventoryPart
from tools.reference.scenario import Leaf, type_of, walk

HEAD = """\
# Inventory files

<!-- generated: .venv/bin/python -m tools.reference -->

An inventory says how a cluster is reached that labgen did not build, for
[`labgen verify --inventory FILE`](../how-to/verify-another-cluster.md). It names `hosts`, a
`kubeconfig` or both. Paths are relative to the file. All mistakes are told at once; unknown and
duplicate keys are mistakes.

| field | type | default | meaning |
| --- | --- | --- | --- |
"""
MEANINGS = {
    "apiVersion": "Version of this format.",
    "kind": "What the file is.",
    "user": "Login of machines that have none of their own; one that is not root is root by sudo.",
    "port": "Where their sshd listens.",
    "key": "File with the private key of the login.",
    "sudoPasswordFile": "File, mode 0600, with the password that sudo wants of the login.",
    "kubeconfig": "The API's address, and a user with a certificate or a token.",
    "vip": "The virtual address of the API.",
    "apiPort": "Where clients reach the API at the VIP.",
    "hosts[].user": "As above, for this machine.",
    "hosts[].port": "As above, for this machine.",
    "hosts[].key": "As above, for this machine.",
    "hosts[].sudoPasswordFile": "As above, for this machine.",
    "hosts[].address": "Where this host reaches the machine.",
    "hosts[].name": "The name of its node.",
    "hosts[].hostKey": "Its sshd's public key.",
}
UNWRITTEN = {
    "user": "`root`",
    "port": "`22`",
    "key": "those of `ssh`",
    "sudoPasswordFile": "none",
    "kubeconfig": "`admin.conf` of a control plane",
    "vip": "found",
    "apiPort": "found",
    "hosts[].name": "the node that has the address",
    "hosts[].hostKey": "that of your `known_hosts`",
}


def page() -> str:
    """The whole page as Markdown."""
    return HEAD + "".join(f"{_row(leaf)}\n" for leaf in walk(InventoryPart))


def _row(leaf: Leaf) -> str:
    kind = "text" if leaf.reader is ANY_NAME else type_of(leaf.reader)
    return f"| `{leaf.path}` | {kind} | {_default(leaf)} | {MEANINGS[leaf.path]} |"


def _default(leaf: Leaf) -> str:
    if leaf.info.is_required():
        return "required"
    if leaf.info.default:
        return f"`{leaf.info.default}`"
    return UNWRITTEN.get(leaf.path, "the file's")
