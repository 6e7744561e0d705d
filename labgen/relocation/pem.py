"""Find and replace PEM blocks (RFC 7468) in text: as they are, or in base64 as in a kubeconfig."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping

BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]+-----END \1-----")
ENCODED = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/]+={0,2}")  # base64 of "-----BEGIN"


def blocks(text: str) -> Iterator[str]:
    """Return the blocks of a text in canonical form, those in base64, too."""
    for found in BLOCK.finditer(text):
        yield canonical(found[0])
    for found in ENCODED.finditer(text):
        for inner in BLOCK.finditer(_decoded(found[0])):
            yield canonical(inner[0])


def replace(text: str, renewed: Mapping[str, str]) -> str:
    """Replace the blocks that are keys of renewed (in canonical form) by their values."""

    def block(found: re.Match[str]) -> str:
        return renewed.get(canonical(found[0]), found[0])

    def encoded(found: re.Match[str]) -> str:
        before = _decoded(found[0])
        after = BLOCK.sub(block, before)
        return found[0] if before == after else b64encode(after.encode()).decode()

    return ENCODED.sub(encoded, BLOCK.sub(block, text))


def canonical(block: str) -> str:
    """Return the block without blanks around it and with one kind of line end, as every program
    writes it that keeps to 64 letters a line."""
    return "\n".join(line.strip() for line in block.strip().splitlines() if line.strip())


def _decoded(text: str) -> str:
    try:
        return b64decode(text, validate=True).decode()
    except ValueError:  # it only looks like base64 of text
        return ""
