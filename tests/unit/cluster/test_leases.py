"""The leases of the controller manager and the scheduler."""

from collections.abc import Mapping
from typing import Any

from labgen.cluster.leases import Lease, leases, stale
from tests.unit.cluster.fake_api import serving


def _item(name: str, **spec: str) -> Mapping[str, Any]:
    return {"metadata": {"name": name, "resourceVersion": "7"}, "spec": spec}


def test_a_lease_names_the_machine_of_its_holder() -> None:
    api = serving(
        _item("kube-scheduler", holderIdentity="master1_a0", renewTime="1970-01-01T00:01:40.500Z"),
        _item("kube-controller-manager"),
        _item("apiserver-1", holderIdentity="apiserver-1_b1"),
    )
    assert leases(api) == [
        Lease("kube-scheduler", "master1", 100.5, "7"),
        Lease("kube-controller-manager", "", 0.0, "7"),
    ]


def test_a_lease_is_stale_when_its_holders_machine_booted_later() -> None:
    found = [Lease(name, name, 100.0, "7") for name in ("master1", "master2", "master3")]
    assert stale(found, {"master1": 101.0, "master2": 99.0}) == found[:1]
