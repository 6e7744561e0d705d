"""How long it takes to connect to an API server."""

import pytest

from acceptance.framework.clients.machines import On
from acceptance.framework.cluster import Cluster
from labgen.lab.lab import Machine

pytestmark = pytest.mark.smoke

TIMES = 12  # with half of all packets lost, it passes once in 4096 times
SLOW = 0.8  # seconds; the first retransmission of TCP comes after one


def test_api_server_takes_connections_at_once(
    cluster: Cluster, on: On, control_plane: Machine
) -> None:
    [other, *_] = [it for it in cluster.control_planes if it != control_plane]
    url = f"https://{cluster.places[control_plane.name]}/livez"
    ask = "curl -sk --noproxy '*' --max-time 3 -o /dev/null -w '%%{time_connect}' %s"
    found = [on(other.name).run(ask, url) for _ in range(TIMES)]
    assert [it.stderr for it in found if it.rc != 0] == []
    assert max(float(it.stdout) for it in found) < SLOW
