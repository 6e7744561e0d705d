"""Vagrant creates and destroys the machines. Its commands come from python-vagrant and are run by
labgen's run()."""

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
UP = 300.0  # seconds for six machines to answer on SSH under KVM, with a wide margin
DESTROY = 120.0
ENTRY = ".vagrant/machines/{machine}/libvirt/id"  # exists while Vagrant knows the machine's domain
ENVIRONMENT = {
    "VAGRANT_CHECKPOINT_DISABLE": "1",  # asks the network for newer versions
    "VAGRANT_NO_COLOR": "1",
    "VAGRANT_DEFAULT_PROVIDER": "libvirt",
    "SSH_ASKPASS_REQUIRE": "never",  # by ssh to a hypervisor elsewhere
}


class _Vagrant(vagrant.Vagrant):  # type: ignore[misc]
    """python-vagrant with timeouts, and with errors that contain Vagrant's output."""

    def __init__(self, root: Path, timeout: float) -> None:
        super().__init__(root=str(root))
        self.timeout = timeout

    def up(self, machines: Sequence[Machine]) -> None:
        """Bring machines up. python-vagrant's method takes only one machine, or none."""
        self._call_vagrant_command(["up", *(m.name for m in machines), "--provider=libvirt"])

    def destroy_machines(self, names: Sequence[str]) -> None:
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
    """Return the directory of the lab's Vagrantfile and of Vagrant's data about its machines."""
    return lab.directory / "vagrant"


def describe(box: store.Box) -> Box:
    """Write the catalog file that locates the box for Vagrant, and return the box with it."""
    catalog = paths.cache() / "vagrant" / f"{box.name.replace('/', '-')}.json"
    provider = {"name": "libvirt", "url": f"file://{box.archive}"}
    versions = [{"version": box.version, "providers": [provider]}]
    with locked(catalog.with_suffix(".lock"), timeout=60):
        text = json.dumps({"name": box.name, "versions": versions}, indent=2)
        if not catalog.exists() or catalog.read_text() != text:
            files.write(catalog, text)
    return Box(box.name, box.version, catalog, box.kernel, box.initrd)


def up(lab: Lab, hypervisor: Hypervisor, box: Box, machines: Sequence[Machine]) -> None:
    """Have Vagrant create machines, until each answers on SSH.

    The lab's other machines are not named, because Vagrant would create those again that it does
    not know. Raises CommandFailed with Vagrant's output.
    """
    root = directory(lab)
    files.write(root / "Vagrantfile", vagrantfile(lab, hypervisor, box))
    with _turn(lab):
        _Vagrant(root, UP * lab.slowdown).up(machines)


def add(box: Box) -> None:
    """Add the box to Vagrant's copies, one lab at a time: otherwise two labs would both add it."""
    with locked(box.catalog.with_suffix(".lock"), timeout=UP):
        if not index.box_disk(box).exists():
            maker = _Vagrant(box.catalog.parent, UP)
            maker.box_add(box.name, str(box.catalog), provider="libvirt")


@contextmanager
def _turn(lab: Lab) -> Iterator[None]:
    """Let labs with a site's own box, whose files only Vagrant knows, be created one after the
    other. While one Vagrant uploads the box's disk, another would use the incomplete disk."""
    if lab.scenario.provider.box is None:
        yield
        return
    with locked(paths.cache() / "vagrant/site-boxes.lock", timeout=UP * lab.slowdown):
        yield


def destroy(lab: Lab) -> None:
    """Have Vagrant destroy the machines of the lab that it knows; failures are logged.

    No other machine is named, because Vagrant fails for machines that it does not know.
    """
    root = directory(lab)
    names = [m.name for m in lab.machines if (root / ENTRY.format(machine=m.name)).exists()]
    try:
        if names:
            _Vagrant(root, DESTROY * lab.slowdown).destroy_machines(names)
    except LabgenError as error:
        logger.warning("vagrant destroy: %s", error)
    index.remove([entry.id for entry in index.of_lab(lab.directory)])
