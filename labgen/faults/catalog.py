"""All faults by name, in the order in which they are listed."""

from collections.abc import Mapping

from labgen.errors import UsageError
from labgen.faults.definitions import (
    api_server,
    cpu_hog,
    disk_full,
    etcd,
    haproxy,
    keepalived,
    kubelet,
    partition,
    power,
)
from labgen.faults.fault import Fault
from labgen.system.similar import did_you_mean

FAULTS: Mapping[str, Fault] = {
    fault.name: fault
    for fault in (
        power.POWER_CUT,
        power.REBOOT,
        power.SHUTDOWN,
        power.PAUSE,
        partition.PARTITION,
        partition.PARTITION_IN,
        partition.PARTITION_OUT,
        partition.PARTITION_CLIENTS,
        partition.PACKET_LOSS,
        keepalived.KEEPALIVED_STOPPED,
        keepalived.KEEPALIVED_KILLED,
        haproxy.HAPROXY_KILLED,
        api_server.API_SERVER_KILLED,
        api_server.API_SERVER_STOPPED,
        etcd.ETCD_PAUSED,
        etcd.ETCD_WIPED,
        etcd.ETCD_FULL,
        kubelet.KUBELET_STOPPED,
        kubelet.CONTAINERD_STOPPED,
        cpu_hog.CPU_HOG,
        disk_full.DISK_FULL,
    )
}


def find(name: str) -> Fault:
    """Return the fault of that name. Raises UsageError with all names if there is none."""
    if name not in FAULTS:
        question = did_you_mean(name, FAULTS)
        known = ", ".join(FAULTS)
        raise UsageError(f"there is no fault {name}{question}", hint=f"faults: {known}")
    return FAULTS[name]
