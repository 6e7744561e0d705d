"""The counter that is written through the API: where it lies, and how a number becomes a key.

Every number is a key of one ConfigMap, so that one look afterwards tells which of the acknowledged
writes the cluster still knows.
"""

from collections.abc import Iterable

NAMESPACE = "default"
NAME = "labgen-acceptance-writes"
COLLECTION = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
PATH = f"{COLLECTION}/{NAME}"


def key(number: int) -> str:
    """The number's key; keys sort as their numbers do."""
    return f"{number:06d}"


def numbers(keys: Iterable[str]) -> set[int]:
    """The numbers that these keys stand for."""
    return {int(found) for found in keys}
