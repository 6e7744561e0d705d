"""Proxies in the environment: a lab's addresses never go to one.

The rules are those of Go's programs, kubectl among them: HTTPS_PROXY before https_proxy, NO_PROXY
before no_proxy, with networks in CIDR notation. curl has known networks since 7.86.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, ip_address, ip_network

HTTPS = ("HTTPS_PROXY", "https_proxy")
EXCEPT = ("NO_PROXY", "no_proxy")
# Begins a command on a machine whose /etc/environment may name a proxy. Go's programs use no other
# variables for HTTPS; etcdctl takes them, too.
WITHOUT = ("env", "-u", "HTTPS_PROXY", "-u", "https_proxy")
ALL = (*HTTPS, "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


def in_the_way(environment: Mapping[str, str], address: IPv4Address) -> str | None:
    """Return the name of the variable that makes kubectl send requests for the address to a proxy;
    None without one."""
    name = next((it for it in HTTPS if environment.get(it)), None)
    if name is None or address.is_loopback:
        return None
    excepted = _first(environment, EXCEPT).split(",")
    return None if any(_covers(it.strip(), address) for it in excepted) else name


def bypass(environment: Mapping[str, str], places: Iterable[object]) -> dict[str, str]:
    """Return the variables that keep addresses and networks from every proxy, and what was excepted
    before; nothing where no proxy is set."""
    if not _first(environment, ALL):
        return {}
    before = [it.strip() for name in EXCEPT for it in environment.get(name, "").split(",")]
    wanted = [*before, *map(str, places)]
    value = ",".join(dict.fromkeys(it for it in wanted if it))
    return dict.fromkeys(EXCEPT, value)


def _first(environment: Mapping[str, str], names: Iterable[str]) -> str:
    return next((environment[name] for name in names if environment.get(name)), "")


def _covers(excepted: str, address: IPv4Address) -> bool:
    if excepted == "*":
        return True
    with suppress(ValueError):
        return ip_address(excepted.partition(":")[0]) == address
    with suppress(ValueError):
        network = ip_network(excepted, strict=False)
        return isinstance(network, IPv4Network) and address in network
    return False
