"""keepalived's check of HAProxy, with HAProxy and without it."""

import re

import pytest

from acceptance.framework.clients.machines import On
from labgen.lab.lab import Machine

pytestmark = pytest.mark.smoke

CONFIG = "/etc/keepalived/keepalived.conf"


def test_check_of_keepalived_fails_without_haproxy(on: On, control_plane: Machine) -> None:
    """Run the check in an empty network namespace, where nothing listens."""
    host = on(control_plane.name)
    text = host.file(CONFIG).content_string
    tracked = re.findall(r"track_script\s*\{\s*(\w+)", text)
    assert tracked, "no script is tracked"
    scripts = dict(re.findall(r'vrrp_script\s+(\w+)\s*\{[^}]*?script\s+"([^"]+)"', text))
    script = scripts[tracked[0]]
    assert host.run("timeout 5 %s", script).rc == 0, "HAProxy is dead"
    assert host.run("timeout 5 unshare --net %s", script).rc != 0, "it never fails"
