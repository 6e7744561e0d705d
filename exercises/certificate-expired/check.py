"""The remaining validity of kubeadm's certificates, in their files."""

import pytest

from acceptance.framework.clients.machines import On
from labgen.lab.lab import Machine

pytestmark = pytest.mark.smoke

SECONDS = 14 * 86400
FIND = "find /etc/kubernetes/pki -name '*.crt'"


def test_certificates_are_good_for_two_more_weeks(on: On, control_plane: Machine) -> None:
    host = on(control_plane.name)
    files = host.check_output(FIND).split()
    assert files
    ask = "openssl x509 -noout -checkend %s -in %s"
    assert [it for it in files if host.run(ask, str(SECONDS), it).rc != 0] == []
