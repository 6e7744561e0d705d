"""The namespaces that the suite creates: one for each subject, all with one label.

The label identifies all of them, including those of a run that was killed.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from acceptance.framework.clients.api import FAILURES, Api, ApiError
from labgen.system.wait import NotYet, until

LABELS = {"app.kubernetes.io/managed-by": "labgen-acceptance"}
PREFIX = "labgen-acceptance"
PATH = "/api/v1/namespaces"
USABLE = 30.0  # seconds until the controller manager has given it a service account


@contextmanager
def namespace(api: Api, subject: str) -> Iterator[str]:
    """Yield a new namespace in which pods can be created. Its removal at the end is not waited
    for."""
    name = f"{PREFIX}-{subject}-{secrets.token_hex(3)}"
    make(api, name)
    try:
        until(partial(_usable, api, name), what=f"namespace {name}", timeout=USABLE)
        yield name
    finally:
        remove(api, name)


def make(api: Api, name: str) -> str:
    """Create the namespace if it does not exist; return its phase."""
    metadata = {"name": name, "labels": LABELS}
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    return str(api.apply(f"{PATH}/{name}", manifest)["status"]["phase"])


def remove(api: Api, name: str) -> None:
    """Have the namespace removed with everything in it; return before it is gone."""
    try:
        api.send("DELETE", f"{PATH}/{name}")
    except ApiError as error:
        if error.status not in {404, 409}:  # gone, or on its way
            raise


def remove_all(api: Api) -> None:
    """Have every namespace of the suite removed, if there are any."""
    selector = ",".join(f"{key}={value}" for key, value in LABELS.items())
    for found in api.items(f"{PATH}?labelSelector={selector}"):
        if found["status"]["phase"] == "Active":
            remove(api, found["metadata"]["name"])


def _usable(api: Api, name: str) -> None:
    """Raise NotYet until the namespace has its service account; pods are refused before that."""
    try:
        api.get(f"{PATH}/{name}/serviceaccounts/default")
    except FAILURES as error:
        raise NotYet(str(error)) from error
