"""The nft table that iptables creates for the first rule, and never removes.

labgen creates it itself, with a comment as its label, where it does not exist yet. So the table can
be removed again with the last rule, and one that anybody else created stays.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from labgen.system import paths
from labgen.system.locks import locked
from labgen.system.process import run

TIMEOUT = 30.0
TABLE = "ip filter"
LABEL = "labgen"
CHAINS = ("INPUT", "FORWARD", "OUTPUT")  # all that iptables creates by itself
EMPTY_CHAIN = re.compile(
    r"chain (?:" + "|".join(CHAINS) + r") \{\s*type filter hook [^;]*; policy accept;\s*\}"
)
# Fails completely if a chain exists, so that rules added a moment ago are not lost: `delete table`
# alone would remove every rule.
DELETE = "; ".join([*(f"create chain {TABLE} {it}" for it in CHAINS), f"delete table {TABLE}"])


@contextmanager
def turn() -> Iterator[None]:
    """Let one labgen at a time change rules, because another one may be about to use an empty
    table."""
    with locked(paths.runtime() / ".firewall.lock", timeout=TIMEOUT):
        yield


def ensure() -> None:
    """Create the table, labelled, unless it exists. Without nft, iptables creates its own table."""
    if shutil.which("nft") and _is_nft():
        table = f'create table {TABLE} {{ comment "{LABEL}" ; }}'
        run(["nft", table], timeout=TIMEOUT, check=False)  # fails where it exists


def remove_empty(entering: Sequence[str] = ()) -> None:
    """Remove the table if labgen created it and nothing is in it; otherwise it stays as it is."""
    if not shutil.which("nft"):
        return
    listed = run([*entering, "nft", "list", "table", *TABLE.split()], timeout=TIMEOUT, check=False)
    if not listed.ok or not _is_ours_and_empty(listed.stdout):
        return
    for chain in CHAINS:
        if f"chain {chain} " in listed.stdout:
            # refused where a rule has come meanwhile
            argv = [*entering, "iptables", "--wait", "-X", chain]
            run(argv, timeout=TIMEOUT, check=False)
    run([*entering, "nft", DELETE], timeout=TIMEOUT, check=False)


def _is_ours_and_empty(listed: str) -> bool:
    body = re.sub(r"^#.*\n", "", listed, flags=re.MULTILINE)
    return EMPTY_CHAIN.sub("", body).split() == [
        "table",
        *TABLE.split(),
        "{",
        "comment",
        f'"{LABEL}"',
        "}",
    ]


def _is_nft() -> bool:
    """Return whether iptables writes nft tables here; the legacy variant has separate tables."""
    return "nf_tables" in run(["iptables", "--version"], timeout=TIMEOUT).stdout
