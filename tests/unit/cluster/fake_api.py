"""An API that returns the objects of a test."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labgen.cluster import leases
from labgen.cluster.api import KubeApi


@dataclass(frozen=True)
class Api(KubeApi):
    """Returns items for every request."""

    items: tuple[Mapping[str, Any], ...] = ()

    def get(self, path: str) -> dict[str, Any]:
        assert path in {"/api/v1/nodes", "/api/v1/pods", leases.PATH}
        return {"items": self.items}


def serving(*items: Mapping[str, Any]) -> Api:
    nowhere = Path("/nowhere")
    return Api("127.0.0.1", 1, "127.0.0.1", nowhere, nowhere, nowhere, items=items)
