"""The leases of the controller manager and the scheduler: of each, one control plane leads.

Whoever leads renews its lease. The others wait until a lease has not been renewed for fifteen
seconds. A leader that was lost with the power of its machine starts under another name, and waits
as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labgen.cluster.api import KubeApi

NAMES = ("kube-controller-manager", "kube-scheduler")
PATH = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases"


@dataclass(frozen=True)
class Lease:
    """A lease of the control plane."""

    name: str
    machine: str  # whose component holds it; empty if none does
    renewed: float  # in seconds since 1970 by that machine's clock; 0 if never
    version: str  # the object's resource version


def leases(client: KubeApi) -> list[Lease]:
    """Return the leases that exist; raises ApiUnreachable."""
    items = client.get(PATH)["items"]
    return [_lease(item) for item in items if item["metadata"]["name"] in NAMES]


def stale(found: Sequence[Lease], booted: Mapping[str, float]) -> list[Lease]:
    """Return the leases whose holder has not renewed them since its machine booted; booted is in
    seconds since 1970, by machine."""
    return [lease for lease in found if lease.renewed < booted.get(lease.machine, 0.0)]


def release(client: KubeApi, lease: Lease) -> None:
    """Delete the lease unless it has changed, so that another component leads immediately. Raises
    ApiUnreachable."""
    client.delete(f"{PATH}/{lease.name}", lease.version)


def _lease(item: Mapping[str, Any]) -> Lease:
    spec = item["spec"]
    holder = str(spec.get("holderIdentity") or "").partition("_")[0]
    renewed = spec.get("renewTime")
    return Lease(
        name=item["metadata"]["name"],
        machine=holder,
        renewed=datetime.fromisoformat(renewed).timestamp() if renewed else 0.0,
        version=item["metadata"]["resourceVersion"],
    )
