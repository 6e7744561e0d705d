"""Where the kubelet of a worker is connected to."""

import pytest

from acceptance.framework.clients.machines import On
from acceptance.framework.cluster import Cluster
from labgen.lab.lab import Machine

pytestmark = pytest.mark.smoke

SHOW = "ss -Htnp state established"


def test_kubelet_has_read_its_kubeconfig(cluster: Cluster, on: On, worker: Machine) -> None:
    found = on(worker.name).check_output(SHOW).splitlines()
    own = [line.split()[3] for line in found if '"kubelet"' in line]
    assert [it for it in own if it in set(cluster.places.values())] == []
    assert cluster.endpoint in own
