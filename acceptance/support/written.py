"""The counter's ConfigMap before and after the writing: made empty, looked through, removed."""

from collections.abc import Sequence
from contextlib import suppress

from acceptance.support.api import JSON, Api, ApiError
from acceptance.support.probes import counter


def begin(api: Api) -> None:
    """A new, empty ConfigMap: a run that was killed may have left its own."""
    remove(api)
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": counter.NAME}}
    api.send("POST", counter.COLLECTION, manifest, JSON)


def lost(api: Api, acknowledged: Sequence[int]) -> list[int]:
    """The acknowledged writes that the cluster does not know."""
    known = counter.numbers(api.get(counter.PATH).get("data") or {})
    return [number for number in acknowledged if number not in known]


def remove(api: Api) -> None:
    """Remove what was written, if anything."""
    with suppress(ApiError):
        api.send("DELETE", counter.PATH)
