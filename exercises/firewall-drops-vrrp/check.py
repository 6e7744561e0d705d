"""The packet filter as it will be after the next boot."""

import pytest

from acceptance.framework.clients.machines import On
from labgen.lab.lab import Machine

pytestmark = pytest.mark.smoke

UNIT, RULES = "site-firewall", "/etc/site-firewall.nft"


def test_rules_at_boot_let_vrrp_pass(on: On, control_plane: Machine) -> None:
    host = on(control_plane.name)
    if not host.file(RULES).exists or host.run("systemctl is-enabled %s", UNIT).rc != 0:
        return
    text = host.file(RULES).content_string
    assert "vrrp" not in text
    assert "112" not in text
