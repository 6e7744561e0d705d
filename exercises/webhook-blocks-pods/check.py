"""Whether the API server admits a pod; nothing is created."""

import pytest

from acceptance.framework.clients.machines import On
from labgen.lab.lab import Machine

pytestmark = pytest.mark.smoke

TRY = "kubectl --kubeconfig /etc/kubernetes/admin.conf run try --image=any --dry-run=server"


def test_pod_is_admitted(on: On, control_plane: Machine) -> None:
    answer = on(control_plane.name).run(TRY)
    assert answer.rc == 0, answer.stderr
