"""An inventory as the rest of labgen sees it: checked, complete, frozen."""

from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from labgen.scenario.model import Host


@dataclass(frozen=True)
class Inventory:
    """How a cluster is reached that labgen did not build.

    hosts are its machines, with their names where the file has them. Without kubeconfig, a control
    plane's own admin.conf is read. vip and port are None where they are to be found.
    """

    source: Path
    hosts: tuple[tuple[str, Host], ...] = ()
    kubeconfig: Path | None = None
    vip: IPv4Address | None = None
    port: int | None = None
