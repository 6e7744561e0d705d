"""Vagrant makes the machines and forgets them: python-vagrant's words, labgen's own run()."""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import vagrant

from labgen.bundle import store
from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.providers.libvirt import vagrant_index as index
from labgen.render.vagrantfile import Box, Hypervisor, vagrantfile
from labgen.system import files, paths
from labgen.system.locks import locked
from labgen.system.process import run

logger = logging.getLogger(__name__)
UP = 300.0  # seconds for six machines to answer on SSH under KVM, with much room
DESTROY = 120.0
ENTRY = ".vagrant/machines/{machine}/libvirt/id"  # there while Vagrant knows a domain of it
ENVIRONMENT = {
    "VAGRANT_CHECKPOINT_DISABLE": "1",  # asks the network for newer versions
    "VAGRANT_NO_COLOR": "1",
    "VAGRANT_DEFAULT_PROVIDER": "libvirt",
    "SSH_ASKPASS_REQUIRE": "never",  # by ssh to a hypervisor elsewhere
}


class _Vagrant(vagrant.Vagrant):  # type: ignore[misc]
    """python-vagrant with deadlines, and errors that carry what Vagrant said."""

    def __init__(self, root: Path, timeout: float) -> None:
        super().__init__(root=str(root))
        self.timeout = timeout

    def up(self, machines: Sequence[Machine]) -> None:
        """Like python-vagrant's, which names one machine or none."""
        self._call_vagrant_command(["up", *(m.name for m in machines), "--provider=libvirt"])

    def forget(self, names: Sequence[str]) -> None:
        """Destroy those machines."""
        self._call_vagrant_command(["destroy", *names, "--force"])

    def _call_vagrant_command(self, args: Sequence[str | None]) -> None:
        for line in self._run_vagrant_command(args).splitlines():
            logger.debug("vagrant: %s", line)

    def _run_vagrant_command(self, args: Sequence[str | None]) -> str:
        # a Vagrant that outlived labgen would keep the next `up` from its machines
        words = ["setpriv", "--pdeathsig", "KILL", *self._make_vagrant_command(args)]
        return run(words, timeout=self.timeout, cwd=Path(self.root), env=ENVIRONMENT).stdout


def directory(lab: Lab) -> Path:
    """Where the lab's Vagrantfile is, and what Vagrant knows of its machines."""
    return lab.directory / "vagrant"


def describe(box: store.Box) -> Box:
    """The box as the Vagrantfile knows it; the file that tells Vagrant where it is, is written."""
    catalog = paths.cache() / "vagrant" / f"{box.name.replace('/', '-')}.json"
    provider = {"name": "libvirt", "url": f"file://{box.archive}"}
    versions = [{"version": box.version, "providers": [provider]}]
    with locked(catalog.with_suffix(".lock"), timeout=60):
        text = json.dumps({"name": box.name, "versions": versions}, indent=2)
        if not catalog.exists() or catalog.read_text() != text:
            files.write(catalog, text)
    return Box(box.name, box.version, catalog, box.kernel, box.initrd)


def up(lab: Lab, hypervisor: Hypervisor, box: Box, machines: Sequence[Machine]) -> None:
    """Have Vagrant make machines, until each answers on SSH.

    The others may be there without Vagrant's knowing them: it would try to make them again.

    Raises CommandFailed with what Vagrant said.
    """
    root = directory(lab)
    files.write(root / "Vagrantfile", vagrantfile(lab, hypervisor, box))
    with _turn(lab):
        _Vagrant(root, UP * lab.slowdown).up(machines)


def add(box: Box) -> None:
    """Have Vagrant's copy of the box. One lab at a time: two would both add it."""
    with locked(box.catalog.with_suffix(".lock"), timeout=UP):
        if not index.box_disk(box).exists():
            maker = _Vagrant(box.catalog.parent, UP)
            maker.box_add(box.name, str(box.catalog), provider="libvirt")


@contextmanager
def _turn(lab: Lab) -> Iterator[None]:
    """Labs of a site's own box, whose files only Vagrant knows, are made one after the other: while
    one's Vagrant sends the box's disk, another's takes it for whole."""
    if lab.scenario.provider.box is None:
        yield
        return
    with locked(paths.cache() / "vagrant/site-boxes.lock", timeout=UP * lab.slowdown):
        yield


def destroy(lab: Lab) -> None:
    """Have Vagrant destroy what it knows of the lab, and forget it; what it cannot is logged.

    It is asked for no other machine: of one that is there without its knowledge it complains.
    """
    root = directory(lab)
    names = [m.name for m in lab.machines if (root / ENTRY.format(machine=m.name)).exists()]
    try:
        if names:
            _Vagrant(root, DESTROY * lab.slowdown).forget(names)
    except LabgenError as error:
        logger.warning("vagrant destroy: %s", error)
    index.remove([entry.id for entry in index.of_lab(lab.directory)])
