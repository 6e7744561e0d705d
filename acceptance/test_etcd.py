"""etcd has a healthy, voting member on every control plane."""

import pytest

from acceptance.framework.clients import etcd
from acceptance.framework.clients.machines import On
from acceptance.framework.cluster import Cluster, known
from labgen.lab.lab import Machine

pytestmark = pytest.mark.smoke

LOOPBACK = {"127.0.0.1"}


def test_every_control_plane_is_a_voter(cluster: Cluster, on: On, control_plane: Machine) -> None:
    """Compare addresses, because whoever built the cluster chose the names."""
    here = known(cluster.etcd)
    if not here.stacked:
        pytest.skip(f"etcd is not on the control planes but at {', '.join(here.endpoints)}")
    members = etcd.members(on(control_plane.name), here)
    voters = {address for member in members if member.votes for address in member.addresses}
    assert {f"https://{address}:2379" for address in voters - LOOPBACK} == set(here.endpoints)
    assert len(members) == len(cluster.control_planes), members


def test_every_member_is_healthy(cluster: Cluster, on: On) -> None:
    here = known(cluster.etcd)
    asked = [m.name for m in cluster.control_planes if m.name in cluster.logins]
    found = etcd.health(on((asked or [cluster.control_planes[0].name])[0]), here)
    assert found == dict.fromkeys(here.endpoints, "healthy")
