"""An inventory as the rest of labgen sees it: checked, complete, frozen."""

from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from labgen.scenario.model import Host


@dataclass(frozen=True)
class Inventory:
    """How to reach a cluster that labgen did not build."""

    source: Path  # the file
    hosts: tuple[tuple[str, Host], ...] = ()  # each machine after its name, which may be empty
    kubeconfig: Path | None = None  # None: a control plane's own admin.conf
    vip: IPv4Address | None = None  # None: labgen finds it
    port: int | None = None  # of the API at the VIP; None: labgen finds it
