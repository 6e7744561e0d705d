"""Machines of a lab as checkpoints see them: their disks, without podman."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from labgen.bundle.store import Digests
from labgen.lab.lab import Lab, Machine
from labgen.providers.container import checkpoints, disks
from labgen.system import archives, freezer, podman
from tests.unit.lab.samples import lab

IMAGE = "containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs/program"
Tree = dict[str, str]
MACHINE_IMAGE = "localhost/labgen/machine:1a2b"
BUNDLE = Digests("v1.37.2-amd64", machine="1a2b", golden="3c4d")


class Host:
    """The disks of a lab's machines, without the machines."""

    def __init__(self, root: Path, sample: Lab) -> None:
        self.root, self.lab = root, sample
        self.running = True
        self.image_name = MACHINE_IMAGE
        self.frozen: list[str] = []
        self.mounted: set[str] = set()
        self.images = {machine.name: "1a2b" for machine in sample.machines}
        self.golden = root / "golden/containerd"
        (root / "golden" / IMAGE).parent.mkdir(parents=True)
        (root / "golden" / IMAGE).write_text("unpacked")
        for machine in sample.machines:
            home = disks.of_machine(sample, machine)
            home.mkdir(parents=True)
            archives.link(self.golden, home / "containerd")
            self.upper(machine).mkdir(parents=True)
            self.write(machine, "before")

    def upper(self, machine: Machine) -> Path:
        return self.root / f"overlay/{machine.name}/diff"

    def write(self, machine: Machine, text: str) -> None:
        """Have the machine change its disk and its root file system."""
        (disks.of_machine(self.lab, machine) / "etcd").mkdir(exist_ok=True)
        (disks.of_machine(self.lab, machine) / "etcd/db").write_text(f"{machine.name} {text}")
        (self.upper(machine) / text).write_text(text)

    def write_all(self, text: str) -> None:
        for machine in self.lab.machines:
            self.write(machine, text)

    def seen(self) -> Tree:
        """Return all files of all machines, with their contents."""
        found = {}
        for machine in self.lab.machines:
            for root in (disks.of_machine(self.lab, machine), self.upper(machine)):
                for path in sorted(it for it in root.rglob("*") if it.is_file()):
                    found[f"{machine.name}:{path.relative_to(root)}"] = path.read_text()
        return found

    def switch_off(self) -> None:
        """Cut the power; podman unmounts the root file systems later."""
        self.mounted |= {machine.name for machine in self.lab.machines} if self.running else set()
        self.running = False

    def clean_up(self, name: str) -> None:
        assert not self.running
        self.mounted.discard(self.machine(name).name)

    def machine(self, container: str) -> Machine:
        return self.lab.machine(container[-7:])


def machines_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """Return the disks of a lab of three machines, and have checkpoints work on them."""
    found = Host(tmp_path, lab("ha-3x0"))
    golden = found.golden

    @contextmanager
    def frozen(groups: Sequence[str]) -> Iterator[None]:
        found.frozen = list(groups)
        yield

    def inspect(name: str) -> podman.Parts:
        machine = found.machine(name)
        return podman.Parts(
            f"/{name}", found.upper(machine), found.images[machine.name], found.image_name
        )

    bundle = SimpleNamespace(golden=golden, machine_image=MACHINE_IMAGE)
    monkeypatch.setattr(disks, "require", lambda _: bundle)
    monkeypatch.setattr(checkpoints, "require", lambda _: bundle)
    monkeypatch.setattr(checkpoints, "digests", lambda _: BUNDLE)
    monkeypatch.setattr(freezer, "frozen", frozen)
    monkeypatch.setattr(podman, "inspect", inspect)
    monkeypatch.setattr(podman, "clean_up", found.clean_up)
    return found
