"""The ConfigMaps of the counter: create them, check them after the writes, remove them."""

from collections.abc import Sequence

from acceptance.framework.clients.api import Api
from acceptance.framework.experiment.probes import counter


def begin(api: Api) -> None:
    """Create empty ConfigMaps, replacing those of a run that was killed."""
    remove(api)
    for number in range(counter.OBJECTS):
        metadata = {"name": counter.name(number), "labels": counter.LABELS}
        manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
        api.send("POST", counter.COLLECTION, manifest)


def lost(api: Api, acknowledged: Sequence[int]) -> list[int]:
    """Return the acknowledged writes that the cluster has lost."""
    known = counter.numbers(api.items(f"{counter.COLLECTION}?{counter.SELECTOR}"))
    return [number for number in acknowledged if number not in known]


def remove(api: Api) -> None:
    """Remove the ConfigMaps, if they exist."""
    api.send("DELETE", f"{counter.COLLECTION}?{counter.SELECTOR}")
