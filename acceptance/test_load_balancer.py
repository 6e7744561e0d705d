"""Every control plane's HAProxy offers the API and sees all API servers."""

import pytest

from acceptance.support import machines
from acceptance.support.machines import On
from labgen.faults import forecast
from labgen.lab.lab import Lab, Machine
from labgen.system.wait import NotYet, until

pytestmark = pytest.mark.smoke

# HAProxy marks a server down on one bad answer and up again on one good check: a look during a
# host's pause says little, one that lasts is the truth. Patient checks put it in later.
SETTLED = 5.0


def test_haproxy_sees_all_api_servers_up(lab: Lab, on: On, control_plane: Machine) -> None:
    expected = {machine.name: "UP" for machine in lab.control_planes}

    def look() -> None:
        seen = machines.api_servers_seen(on(control_plane.name))
        if seen != expected:
            raise NotYet(str(seen))

    settled = max(SETTLED, forecast.server_in(lab.scenario.load_balancer))
    until(look, what=f"{control_plane.name}'s HAProxy seeing {expected}", timeout=settled)


def test_haproxy_of_this_machine_leads_to_the_api(lab: Lab, on: On, control_plane: Machine) -> None:
    port = lab.scenario.network.api_port
    answer = on(control_plane.name).run(
        "curl -sS --max-time 5 --cacert /etc/kubernetes/pki/ca.crt --connect-to %s %s",
        f"{lab.vip}:{port}:{control_plane.address}:{port}",
        f"https://{lab.vip}:{port}/readyz",
    )
    assert (answer.rc, answer.stdout) == (0, "ok"), answer.stderr
