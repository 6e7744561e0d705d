"""The door to libvirt: connections, and its errors as labgen's."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import libvirt

from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.render.vagrantfile import domain_name

T = TypeVar("T")
# what libvirt calls a domain, network, pool or volume that is not there
ABSENT = {
    libvirt.VIR_ERR_NO_DOMAIN,
    libvirt.VIR_ERR_NO_NETWORK,
    libvirt.VIR_ERR_NO_STORAGE_POOL,
    libvirt.VIR_ERR_NO_STORAGE_VOL,
}


class HypervisorFailed(LabgenError):
    """libvirt refused or could not do something; the message is its own."""


@contextmanager
def connected(uri: str) -> Iterator[Any]:
    """A connection to libvirt, closed afterwards. ssh, where that leads to it, asks for nothing.

    Raises HypervisorFailed with libvirt's words, also for all that goes wrong in the block.
    """
    # it prints every error besides raising it
    libvirt.registerErrorHandler(lambda _context, _error: None, None)
    try:
        connection = libvirt.open(unasked(uri))
        try:
            yield connection
        finally:
            connection.close()
    except libvirt.libvirtError as error:
        raise HypervisorFailed(f"libvirt at {uri}: {error.get_error_message()}") from error


def unasked(uri: str) -> str:
    """The same URI, with the parameter by which libvirt has ssh ask for no password."""
    if "+ssh:" not in uri or re.search(r"[?&]no_tty=", uri):
        return uri
    return f"{uri}{'&' if '?' in uri else '?'}no_tty=1"


def found(look: Callable[[], T]) -> T | None:
    """What look returns, or None where libvirt knows no such thing."""
    try:
        return look()
    except libvirt.libvirtError as error:
        if error.get_error_code() in ABSENT:
            return None
        raise


def domain_of(connection: Any, lab: Lab, machine: Machine) -> Any | None:
    """The machine's domain, or None where it was not made or is gone."""
    return found(lambda: connection.lookupByName(domain_name(lab, machine.name)))


def remove_domain(domain: Any | None) -> None:
    """Pull the plug of a domain and forget it with its checkpoints, where it is."""
    if domain is not None:
        found(lambda: _remove(domain))  # a Vagrant that outlived its labgen may be removing it too


def pull_plug(domain: Any | None) -> None:
    """Switch a domain off, where it is and is on."""
    if domain is not None:
        found(lambda: _switch_off(domain))


def _switch_off(domain: Any) -> None:
    if domain.isActive():
        domain.destroy()


def _remove(domain: Any) -> None:
    _switch_off(domain)
    domain.undefineFlags(
        libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
        | libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
        | libvirt.VIR_DOMAIN_UNDEFINE_NVRAM  # a site's own box may boot by UEFI
    )
