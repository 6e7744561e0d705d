"""The counter that is written through the API: where it lies, and how a number becomes a key.

Every number is a key of a ConfigMap, so that one look afterwards tells which of the acknowledged
writes the cluster still knows. The numbers go round several ConfigMaps of one label: two writes of
one object at the same time would make the API server do one of them again.
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
    """The ConfigMap that the number goes to."""
    return f"{NAME}-{number % OBJECTS}"


def key(number: int) -> str:
    """The number's key; keys sort as their numbers do."""
    return f"{number:06d}"


def numbers(objects: Iterable[Mapping[str, Any]]) -> set[int]:
    """The numbers that these ConfigMaps hold."""
    return {int(found) for held in objects for found in held.get("data") or {}}
