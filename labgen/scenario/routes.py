"""The ranges of addresses that the host has in use: its routes, as iproute2 reports them, and the
networks that are defined on it."""

import json
import shutil
from ipaddress import IPv4Network

from labgen.errors import HostUnfit
from labgen.scenario.host_environment import Route
from labgen.system.defined_networks import defined_networks
from labgen.system.jump_host import JumpHost
from labgen.system.process import run

# A VPN that takes all traffic adds 0.0.0.0/1 and 128.0.0.0/1: default routes in two halves.
HALF_OF_EVERYTHING = 1
SHOW = ("ip", "-4", "-j", "route", "show")
TIMEOUT = 20.0  # seconds; through a jump that includes a login


def host_routes(jump: JumpHost | None = None) -> tuple[Route, ...]:
    """Return the networks that are defined on this host or on the jump host, started or not, and
    its IPv4 unicast routes, without default routes.

    Raises HostUnfit without iproute2, and CommandFailed.
    """
    if jump is None and shutil.which("ip") is None:
        raise HostUnfit("ip is not installed", hint="apt-get install iproute2")
    run_there = jump.run if jump else run
    shown = run_there([*SHOW, "table", "all", "type", "unicast"], timeout=TIMEOUT)
    networks = defined_networks(run_there)
    return (
        *(Route(it.subnet, it.bridge, it.owner) for it in networks),
        *parse_routes(shown.stdout),
    )


def parse_routes(text: str) -> tuple[Route, ...]:
    """Return the routes in the JSON that `ip -j route show` prints."""
    entries = json.loads(text or "[]")
    routes = [
        Route(IPv4Network(entry["dst"], strict=False), entry.get("dev", "several devices"))
        for entry in entries
        if entry["dst"] != "default" and entry.get("type", "unicast") == "unicast"
    ]
    return tuple(route for route in routes if route.destination.prefixlen > HALF_OF_EVERYTHING)
