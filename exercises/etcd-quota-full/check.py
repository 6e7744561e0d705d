"""etcd's alarms."""

import pytest

from acceptance.framework.clients.machines import On
from acceptance.framework.cluster import Cluster, known
from labgen.lab.lab import Machine

pytestmark = pytest.mark.smoke

ASK = "etcdctl --cacert=%s --cert=%s --key=%s --endpoints=https://127.0.0.1:2379 alarm list"


def test_etcd_has_no_alarm(cluster: Cluster, on: On, control_plane: Machine) -> None:
    etcd = known(cluster.etcd)
    answer = on(control_plane.name).run(ASK, etcd.authority, etcd.certificate, etcd.key)
    assert (answer.rc, answer.stdout.strip()) == (0, ""), answer.stderr
