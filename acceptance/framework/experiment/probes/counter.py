"""The counter that is written through the API: its ConfigMaps, and the key of each number.

Every number is a key of a ConfigMap, so that one query afterwards shows which of the acknowledged
writes the cluster still has. The numbers are distributed over several ConfigMaps with one label,
because the API server would have to repeat one of two concurrent writes to the same object.
"""

from collections.abc import Iterable, Mapping
from typing import Any

NAMESPACE = "default"
NAME = "labgen-acceptance-writes"
OBJECTS = 10
LABELS = {"labgen-acceptance": "writes"}
COLLECTION = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
SELECTOR = "labelSelector=" + ",".join(f"{key}%3D{value}" for key, value in LABELS.items())


def name(number: int) -> str:
    """Return the name of the ConfigMap that the number is written to."""
    return f"{NAME}-{number % OBJECTS}"


def key(number: int) -> str:
    """Return the number's key; keys sort like their numbers."""
    return f"{number:06d}"


def numbers(objects: Iterable[Mapping[str, Any]]) -> set[int]:
    """Return the numbers in these ConfigMaps."""
    return {int(found) for held in objects for found in held.get("data") or {}}
