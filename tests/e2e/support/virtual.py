"""Functions that tests of virtual machines share."""

from typing import Any

from labgen.lab.lab import Lab
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.program import labgen

NEEDED = "no virtual machines without libvirt, QEMU, Vagrant and their Python: make box"
UP = 1200.0  # seconds for a lab of virtual machines, next to other work


def emulated(uri: str) -> list[str]:
    """Return the arguments of `labgen up` for virtual machines of that libvirt, without KVM."""
    where = [f"provider.uri={uri}", "provider.name=libvirt"]
    return ["-s", where[0], "-s", where[1], "-s", "loadBalancer.profile=emulated"]


def known(connection: Any) -> list[str]:
    """Return the names of all objects in libvirt."""
    things = [*connection.listAllDomains(), *connection.listAllNetworks()]
    pools = connection.listAllStoragePools()
    volumes = [volume for pool in pools if pool.isActive() for volume in pool.listVolumes()]
    return [*(thing.name() for thing in things), *(pool.name() for pool in pools), *volumes]


def down_leaves_nothing(lab: Lab, uri: str) -> None:
    """Remove the lab, and assert that neither the host nor libvirt has anything left of it."""
    from labgen.providers.libvirt.connection import connected  # noqa: PLC0415 - needs libvirt

    with connected(uri) as connection:
        assert any(lab.name in name for name in known(connection))
    labgen("down", lab.name, timeout=300)
    with connected(uri) as connection:
        assert known(connection) == []
    assert leaks(lab) == []
