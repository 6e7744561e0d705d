"""The namespaces that a run of the suite creates: one for each subject.

One label identifies those of all runs, another one those of this run, which are removed at its end.
Those of a run that was killed are removed when they are older than any run can be.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from acceptance.framework.clients.api import FAILURES, Api, ApiError
from labgen.system.wait import NotYet, until

LABELS = {"app.kubernetes.io/managed-by": "labgen-acceptance"}
RUN = "labgen/run"  # a label whose value is the run's id
PREFIX = "labgen-acceptance"
STALE = timedelta(hours=12)  # a run of all tiers takes ten minutes, on emulated machines some hours
PATH = "/api/v1/namespaces"
USABLE = 30.0  # seconds until the controller manager has given it a service account


@contextmanager
def namespace(api: Api, run: str, subject: str) -> Iterator[str]:
    """Yield a new namespace in which pods can be created. Its removal at the end is not waited
    for."""
    name = f"{PREFIX}-{subject}-{secrets.token_hex(3)}"
    make(api, run, name)
    try:
        until(partial(_usable, api, name), what=f"namespace {name}", timeout=USABLE)
        yield name
    finally:
        remove(api, name)


def of_run(run: str) -> str:
    """Return the name of the namespace that all tests of a run share."""
    return f"{PREFIX}-{run}"


def make(api: Api, run: str, name: str) -> str:
    """Create the namespace if it does not exist; return its phase."""
    metadata = {"name": name, "labels": {**LABELS, RUN: run}}
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    return str(api.apply(f"{PATH}/{name}", manifest)["status"]["phase"])


def remove(api: Api, name: str) -> None:
    """Have the namespace removed with everything in it; return before it is gone."""
    try:
        api.send("DELETE", f"{PATH}/{name}")
    except ApiError as error:
        if error.status not in {404, 409}:  # gone, or on its way
            raise


def remove_all(api: Api, run: str) -> None:
    """Have every namespace of the run removed, and those that killed runs left."""
    selector = ",".join(f"{key}={value}" for key, value in LABELS.items())
    for found in api.items(f"{PATH}?labelSelector={selector}"):
        if found["status"]["phase"] == "Active" and _ended(found["metadata"], run):
            remove(api, found["metadata"]["name"])


def _ended(metadata: Mapping[str, Any], run: str) -> bool:
    """Return whether the namespace is this run's, or so old that no run uses it."""
    created = datetime.fromisoformat(metadata["creationTimestamp"])
    return metadata["labels"].get(RUN) == run or datetime.now(UTC) - created > STALE


def _usable(api: Api, name: str) -> None:
    """Raise NotYet until the namespace has its service account; pods are refused before that."""
    try:
        api.get(f"{PATH}/{name}/serviceaccounts/default")
    except FAILURES as error:
        raise NotYet(str(error)) from error
