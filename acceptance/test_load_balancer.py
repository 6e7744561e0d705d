"""Every control plane's HAProxy serves the API and sees all API servers."""

import pytest

from acceptance.framework.clients import https_from_machine, machines
from acceptance.framework.clients.machines import On
from acceptance.framework.cluster import Cluster, Haproxy, no_login
from labgen.lab.lab import Machine
from labgen.system.wait import NotYet, until

pytestmark = pytest.mark.smoke


def test_haproxy_sees_all_api_servers_up(cluster: Cluster, on: On, control_plane: Machine) -> None:
    here = _haproxy(cluster, control_plane)
    if not here.socket:
        pytest.skip(f"HAProxy on {control_plane.name} has no stats socket to query")
    expected = dict.fromkeys(here.servers, "UP")

    def look() -> None:
        all_seen = machines.api_servers_seen(on(control_plane.name), here.socket)
        seen = {name: state for name, state in all_seen.items() if name in here.servers}
        if seen != expected:
            raise NotYet(str(seen))

    what = f"{control_plane.name}'s HAProxy seeing {expected}"
    until(look, what=what, timeout=here.settled)


def test_haproxy_of_this_machine_leads_to_the_api(
    cluster: Cluster, on: On, control_plane: Machine
) -> None:
    here = _haproxy(cluster, control_plane)
    if not here.port:
        pytest.skip(f"HAProxy on {control_plane.name} does not listen at the machine's own address")
    place = f"{control_plane.address}:{here.port}"
    assert (
        https_from_machine.of_api(on(control_plane.name), f"{cluster.host}:{here.port}", at=place)
        == "ok"
    )


def _haproxy(cluster: Cluster, machine: Machine) -> Haproxy:
    if machine.name not in cluster.logins:
        pytest.skip(no_login(cluster, machine.name))
    if machine.name not in cluster.haproxy:
        pytest.skip(f"{machine.name} has no /etc/haproxy/haproxy.cfg with the API servers in it")
    return cluster.haproxy[machine.name]
