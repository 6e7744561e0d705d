"""Connections to libvirt; its errors are raised as labgen's."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import libvirt

from labgen.errors import LabgenError
from labgen.lab import ownership
from labgen.lab.lab import Lab, Machine
from labgen.render.vagrantfile import domain_name

T = TypeVar("T")
# libvirt's errors for a domain, network, pool or volume that does not exist
ABSENT = {
    libvirt.VIR_ERR_NO_DOMAIN,
    libvirt.VIR_ERR_NO_NETWORK,
    libvirt.VIR_ERR_NO_STORAGE_POOL,
    libvirt.VIR_ERR_NO_STORAGE_VOL,
}


class HypervisorFailed(LabgenError):
    """libvirt refused or failed; the message is libvirt's."""


@contextmanager
def connected(uri: str) -> Iterator[Any]:
    """Yield a connection to libvirt and close it afterwards. ssh to its host never prompts.

    Raises HypervisorFailed with libvirt's message, also for libvirt's errors in the block.
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
    """Return the URI with the parameter that keeps libvirt's ssh from prompting."""
    if "+ssh:" not in uri or re.search(r"[?&]no_tty=", uri):
        return uri
    return f"{uri}{'&' if '?' in uri else '?'}no_tty=1"


def found(look: Callable[[], T]) -> T | None:
    """Return the result of look; None if libvirt has no such object."""
    try:
        return look()
    except libvirt.libvirtError as error:
        if error.get_error_code() in ABSENT:
            return None
        raise


def domain_of(connection: Any, lab: Lab, machine: Machine) -> Any | None:
    """Return the machine's domain; None where it does not exist.

    A domain of that name with the label of another lab is not the machine's: a name that an older
    version made may be that of machines of two labs.
    """
    domain = found(lambda: connection.lookupByName(domain_name(lab, machine.name)))
    if domain is None or ownership.is_anothers(found(domain.XMLDesc) or "", lab):
        return None
    return domain


def remove_domain(domain: Any | None) -> None:
    """Switch a domain off and undefine it with its checkpoints, where it exists."""
    if domain is not None:
        found(lambda: _remove(domain))  # a Vagrant that outlived its labgen may remove it, too


def pull_plug(domain: Any | None) -> None:
    """Switch a domain off, where it exists and runs."""
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
