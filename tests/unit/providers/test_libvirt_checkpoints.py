"""A checkpoint is of all machines at one moment, or it is not created."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from labgen.errors import LabgenError, UsageError
from labgen.lab.lab import Lab
from labgen.providers.optional import Checkpoint
from tests.unit.lab.samples import lab

pytest.importorskip("libvirt", reason="libvirt-python is not installed")
checkpoints = pytest.importorskip("labgen.providers.libvirt.checkpoints")


@dataclass
class Domain:
    """A domain that records the actions on it."""

    active: bool = True
    full: bool = False  # its disk
    snapshots: set[str] = field(default_factory=set)
    done: list[str] = field(default_factory=list)

    def XMLDesc(self) -> str:  # noqa: N802 - libvirt's word
        return ""

    def isActive(self) -> bool:  # noqa: N802
        return self.active

    def suspend(self) -> None:
        self.done.append("suspend")

    def resume(self) -> None:
        self.done.append("resume")

    def snapshotCreateXML(self, xml: str) -> None:  # noqa: N802
        if self.full:
            raise RuntimeError("no space left")
        self.done.append("save")
        self.snapshots.add(xml.split("<name>")[1].split("<", maxsplit=1)[0])

    def snapshotListNames(self) -> list[str]:  # noqa: N802
        return sorted(self.snapshots)

    def snapshotLookupByName(self, name: str) -> "Snapshot":  # noqa: N802
        return Snapshot(self, name)

    def revertToSnapshot(self, snapshot: "Snapshot", flags: int) -> None:  # noqa: N802
        self.done.append(f"revert {snapshot.name}")


@dataclass
class Snapshot:
    domain: Domain
    name: str

    def getXMLDesc(self) -> str:  # noqa: N802
        return "<domainsnapshot><creationTime>1796040000</creationTime></domainsnapshot>"

    def delete(self) -> None:
        self.domain.snapshots.discard(self.name)


@dataclass
class Connection:
    domains: dict[str, Domain]

    def lookupByName(self, name: str) -> Domain:  # noqa: N802
        return self.domains[name]


@pytest.fixture
def sample() -> Lab:
    return lab("ha-3x0")


@pytest.fixture
def connection(sample: Lab) -> Connection:
    return Connection({f"labgen-demo.{machine.name}": Domain() for machine in sample.machines})


def test_every_machine_stands_still_before_the_first_is_saved(
    sample: Lab, connection: Connection
) -> None:
    checkpoints.save(connection, sample, "before")
    assert [domain.done for domain in connection.domains.values()] == [
        ["suspend", "save", "resume"]
    ] * 3
    noon = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert checkpoints.checkpoints(connection, sample) == [Checkpoint("before", noon)]


def test_a_checkpoint_that_could_not_be_made_of_all_is_of_none_and_all_run_on(
    sample: Lab, connection: Connection
) -> None:
    connection.domains["labgen-demo.master2"].full = True
    with pytest.raises(RuntimeError, match="no space left"):
        checkpoints.save(connection, sample, "before")
    assert not any(domain.snapshots for domain in connection.domains.values())
    assert {domain.done[-1] for domain in connection.domains.values()} == {"resume"}


def test_a_lab_with_a_machine_off_is_not_saved(sample: Lab, connection: Connection) -> None:
    connection.domains["labgen-demo.master3"].active = False
    with pytest.raises(LabgenError, match="these do not run: master3"):
        checkpoints.save(connection, sample, "before")
    assert not any(domain.done for domain in connection.domains.values())


def test_all_machines_go_back_before_the_first_goes_on(sample: Lab, connection: Connection) -> None:
    checkpoints.save(connection, sample, "before")
    checkpoints.restore(connection, sample, "before")
    for domain in connection.domains.values():
        assert domain.done[-2:] == ["revert before", "resume"]


def test_an_unknown_checkpoint_is_named_with_those_there_are(
    sample: Lab, connection: Connection
) -> None:
    checkpoints.save(connection, sample, "before")
    with pytest.raises(UsageError) as wrong:
        checkpoints.restore(connection, sample, "after")
    assert wrong.value.hint == "it has: before"
