"""Virtual machines that QEMU emulates, in a libvirt that only the tests use, for the provider
contract."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from labgen.lab.lab import Lab
from labgen.lab.ownership import label
from labgen.providers.base import State
from labgen.providers.libvirt import vagrant_index as index
from labgen.providers.registry import provider
from labgen.render.vagrantfile import domain_name, network_name, network_xml, pool_xml
from tests.e2e.provider_contract.subject import MACHINES, Harm, Site
from tests.e2e.support.virtual import emulated, known

# never started
DOMAIN = """<domain type='qemu'><name>{name}</name>
<description>{mark}</description><memory unit='MiB'>64</memory>
<os><type>hvm</type></os></domain>"""
VOLUME = "<volume><name>{name}</name><capacity>1024</capacity></volume>"


@contextmanager
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Yield a libvirtd that only the tests use. Skip if there is none."""
    uri = request.getfixturevalue("uri")
    from labgen.providers.libvirt.connection import connected  # noqa: PLC0415 - needs libvirt

    def with_connection(harm: Any) -> Harm:
        def do(lab: Lab) -> None:
            with connected(uri) as connection:
                harm(connection, lab)

        return do

    def seen(lab: Lab) -> list[str]:
        with connected(uri) as connection:
            return [name for name in known(connection) if lab.name in name]

    yield Site(
        words=(*emulated(uri), "-s", MACHINES),
        provider=provider("libvirt", uri),
        seen=seen,
        tear=with_connection(_tear),
        residues={
            "a domain": with_connection(_leave_domain),
            "a network": with_connection(_leave_network),
            "a volume in a pool that is off": with_connection(_leave_volume),
            "an entry of Vagrant's": _leave_entry,
        },
        uri=uri,
        saving=partial(_saving, uri),
    )


def _saving(uri: str, lab: Lab) -> bool:
    return State.PAUSED in provider("libvirt", uri).machines(lab).values()


def _tear(connection: Any, lab: Lab) -> None:
    """Leave a domain that Vagrant does not know, an entry and a disk without a domain, and a
    network that is off."""
    first, last = lab.machines
    shutil.rmtree(lab.directory / "vagrant/.vagrant/machines" / first.name, ignore_errors=True)
    domain = connection.lookupByName(domain_name(lab, last.name))
    domain.destroy()
    domain.undefine()
    connection.networkLookupByName(network_name(lab)).destroy()


def _leave_domain(connection: Any, lab: Lab) -> None:
    name = domain_name(lab, lab.machines[0].name)
    connection.defineXML(DOMAIN.format(name=name, mark=label(lab)))


def _leave_network(connection: Any, lab: Lab) -> None:
    connection.networkDefineXML(network_xml(lab, "", whose=label(lab))).create()


def _leave_volume(connection: Any, lab: Lab) -> None:
    pool = connection.storagePoolDefineXML(pool_xml())
    pool.build()
    pool.create()
    pool.createXML(VOLUME.format(name=f"{domain_name(lab, lab.machines[0].name)}.img"))
    pool.destroy()


def _leave_entry(lab: Lab) -> None:
    path = index.home() / "data/machine-index/index"
    told: Any = {"version": 1, "machines": {}}
    if path.exists():
        told = json.loads(path.read_text())
    box = {"name": "labgen/v1", "provider": "libvirt", "version": "1"}
    place = str(lab.directory / "vagrant")
    entry = {"name": "master1", "vagrantfile_path": place, "extra_data": {"box": box}}
    told["machines"]["0123456789abcdef0123456789abcdef"] = entry
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told))
