"""The counter's ConfigMaps before and after the writing: made empty, looked through, removed."""

from collections.abc import Sequence

from acceptance.framework.clients.api import Api
from acceptance.framework.experiment.probes import counter


def begin(api: Api) -> None:
    """New, empty ConfigMaps: a run that was killed may have left its own."""
    remove(api)
    for number in range(counter.OBJECTS):
        metadata = {"name": counter.name(number), "labels": counter.LABELS}
        manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
        api.send("POST", counter.COLLECTION, manifest)


def lost(api: Api, acknowledged: Sequence[int]) -> list[int]:
    """The acknowledged writes that the cluster does not know."""
    known = counter.numbers(api.items(f"{counter.COLLECTION}?{counter.SELECTOR}"))
    return [number for number in acknowledged if number not in known]


def remove(api: Api) -> None:
    """Remove what was written, if anything."""
    api.send("DELETE", f"{counter.COLLECTION}?{counter.SELECTOR}")
