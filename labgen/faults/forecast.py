"""What the timings of a scenario promise: the formulas of docs/explanation/ha.md, in seconds.

Each returns the least and the most, by the names of the scenario's timings.
"""

from labgen.render.files import HIGHEST_PRIORITY
from labgen.scenario.model import Timings

Range = tuple[float, float]
SCRIPT_TIMEOUT = 1.0  # of keepalived's check of HAProxy: keepalived.conf.j2

SKEW = "skew = (256 - 108) / 256 x advertInterval"
VIP_AWAY = "2 to 3 x advertInterval + skew"
LONGEST_GAP = "3 x advertInterval + skew + connectTimeout, and one answer"
HAPROXY_NOTICED = "scriptFall x scriptInterval + at most 1 s for the script + skew"
SERVER_OUT = "checkInterval + connectTimeout + (fall - 1) x (fastInterval + connectTimeout)"
SERVER_REFUSES = "checkInterval + (fall - 1) x fastInterval"


def skew(timings: Timings) -> float:
    """How long the second master waits in addition (RFC 5798, section 6.1)."""
    return (256 - (HIGHEST_PRIORITY - 1)) / 256 * timings.advert_interval / 1000


def vip_away(timings: Timings) -> Range:
    """From the holder's silence until the next master has the VIP."""
    advert = timings.advert_interval / 1000
    return 2 * advert + skew(timings), 3 * advert + skew(timings)


def longest_gap(timings: Timings) -> Range:
    """Of new connections, when the holder falls silent with an API server."""
    least, most = vip_away(timings)
    return least, most + timings.connect_timeout / 1000


def haproxy_noticed(timings: Timings) -> Range:
    """From the death of the holder's HAProxy until the next master has the VIP."""
    interval = timings.script_interval / 1000
    least = (timings.script_fall - 1) * interval + skew(timings)
    return least, timings.script_fall * interval + SCRIPT_TIMEOUT + skew(timings)


def server_out(timings: Timings) -> Range:
    """Until HAProxy's own checks take an API server out whose machine is silent."""
    connect = timings.connect_timeout / 1000
    again = (timings.fall - 1) * (timings.fast_interval / 1000 + connect)
    return connect + again, timings.check_interval / 1000 + connect + again


def server_refuses(timings: Timings) -> Range:
    """The same where the machine is there and refuses connections."""
    again = (timings.fall - 1) * timings.fast_interval / 1000
    return again, timings.check_interval / 1000 + again
