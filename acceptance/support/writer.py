"""The writer: a counter written through the API, each acknowledged write remembered.

Every number becomes a key of one ConfigMap, so that one look afterwards tells which of the
acknowledged writes the cluster still knows.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count

from acceptance.support.api import FAILURES, JSON, MERGE, Api, ApiError

NAMESPACE = "default"
NAME = "labgen-acceptance-writes"
PATH = f"/api/v1/namespaces/{NAMESPACE}/configmaps"


@dataclass
class Writes:
    """What the writer was told: numbers the API acknowledged, and those it did not."""

    acknowledged: list[int] = field(default_factory=list)
    unacknowledged: list[int] = field(default_factory=list)


@contextmanager
def writing(api: Api, *, hz: float) -> Iterator[Writes]:
    """Write the counter at most hz times a second while the block runs, one write at a time."""
    writes = Writes()
    stop = threading.Event()
    _create(api)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer") as pool:
        running = pool.submit(lambda: _run(api, hz, stop, writes))
        try:
            yield writes
        finally:
            stop.set()
        running.result()


def lost(api: Api, writes: Writes) -> list[int]:
    """The acknowledged writes that the cluster does not know."""
    known = set(api.get(f"{PATH}/{NAME}").get("data", {}))
    return [number for number in writes.acknowledged if _key(number) not in known]


def remove(api: Api) -> None:
    """Remove what the writer wrote, if anything."""
    with suppress(ApiError):
        api.send("DELETE", f"{PATH}/{NAME}")


def _create(api: Api) -> None:
    """A new, empty ConfigMap: a run that was killed may have left its own."""
    remove(api)
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": NAME}}
    api.send("POST", PATH, manifest, JSON)


def _run(api: Api, hz: float, stop: threading.Event, writes: Writes) -> None:
    next_write = time.monotonic()
    for number in count():
        if stop.wait(max(0.0, next_write - time.monotonic())):
            return
        try:
            api.send("PATCH", f"{PATH}/{NAME}", {"data": {_key(number): ""}}, MERGE)
        except FAILURES:
            writes.unacknowledged.append(number)
        else:
            writes.acknowledged.append(number)
        next_write = max(next_write + 1 / hz, time.monotonic())


def _key(number: int) -> str:
    return f"{number:06d}"
