"""Every fault by its name, in the order in which they are shown."""

from collections.abc import Mapping

from labgen.faults.api_server import API_SERVER_KILLED
from labgen.faults.fault import Fault
from labgen.faults.haproxy import HAPROXY_KILLED
from labgen.faults.keepalived import KEEPALIVED_KILLED
from labgen.faults.power import POWER_CUT
from labgen.report.errors import WrongCall

FAULTS: Mapping[str, Fault] = {
    fault.name: fault
    for fault in (
        POWER_CUT,
        KEEPALIVED_KILLED,
        HAPROXY_KILLED,
        API_SERVER_KILLED,
    )
}


def find(name: str) -> Fault:
    """The fault of that name; WrongCall with the names there are."""
    if name not in FAULTS:
        raise WrongCall(f"there is no fault {name}", hint=f"faults: {', '.join(FAULTS)}")
    return FAULTS[name]
