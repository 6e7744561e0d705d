"""A libvirt on another host: the queries to it, and to the jump host."""

import json
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from labgen.errors import LabgenError
from labgen.lab.lab import Lab
from labgen.providers.base import Power, State
from labgen.providers.libvirt import host
from labgen.render.vagrantfile import Hypervisor
from labgen.system.jump_host import JumpHost
from tests.unit.lab.samples import lab, made
from tests.unit.system.stubs import stub

pytest.importorskip("libvirt", reason="libvirt-python is not installed")
network = pytest.importorskip("labgen.providers.libvirt.network")
connection_ = pytest.importorskip("labgen.providers.libvirt.connection")
provider_ = pytest.importorskip(
    "labgen.providers.libvirt.provider", reason="python-vagrant is not installed"
)

OURS, THEIRS = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
PATHS = ("/pool/vmlinuz", "/pool/initrd")


@dataclass
class Network:
    """A network of libvirt, with the methods that labgen uses."""

    uuid: str
    bridge: str

    def UUIDString(self) -> str:  # noqa: N802 - libvirt's word
        return self.uuid

    def XMLDesc(self) -> str:  # noqa: N802
        return f"<network><bridge name='{self.bridge}'/></network>"


class Dead:
    """A machine that does not start."""

    def create(self) -> None:
        raise connection_.libvirt.libvirtError("no KVM")

    def isActive(self) -> bool:  # noqa: N802
        return False

    def undefine(self) -> None:
        """Remove everything."""


@dataclass
class Libvirt:
    """A libvirt with at most one network and a KVM that boots nothing."""

    network: Network | None = None
    kvm: bool = True
    asked: list[str] = field(default_factory=list)

    def networkLookupByName(self, name: str) -> Network:  # noqa: N802
        if self.network is None:
            raise connection_.libvirt.libvirtError("no network")
        return self.network

    def lookupByName(self, name: str) -> None:  # noqa: N802
        self.asked.append(name)

    def getCapabilities(self) -> str:  # noqa: N802
        return "<domain type='kvm'/>" if self.kvm else "<domain type='qemu'/>"

    def defineXML(self, _text: str) -> Dead:  # noqa: N802
        self.asked.append("a machine")
        return Dead()


def _anothers(uuid: str, *, bridge: str = "", known: str = OURS) -> Any:
    sample = lab("single")
    there = Libvirt(Network(uuid, bridge or sample.bridge))
    return network.is_anothers(there, sample, known)


def _settled() -> Lab:
    """Return a lab whose network in libvirt is OURS."""
    sample = made(overrides=["provider.name=libvirt"])
    settled = asdict(Hypervisor("qemu:///system", emulated=True, network=OURS))
    (sample.directory / "hypervisor.json").write_text(json.dumps(settled))
    return sample


def test_a_network_is_the_labs_own_by_its_uuid_for_names_and_paths_may_be_the_same() -> None:
    assert not _anothers(OURS)
    assert _anothers(THEIRS)


def test_a_lab_from_before_networks_had_a_known_uuid_knows_its_own_by_the_bridge() -> None:
    assert not _anothers(THEIRS, known="")
    assert _anothers(OURS, bridge="labffffffff", known="")


def test_a_lab_is_not_made_in_the_network_of_another() -> None:
    sample = lab("single")
    with pytest.raises(LabgenError) as refused:
        network.ensure(Libvirt(Network(THEIRS, sample.bridge)), sample, OURS)
    assert refused.value.hint == "bring this one up under another name: --name OTHER"


@pytest.mark.parametrize("action", [Power.OFF, Power.SHUTDOWN, Power.PAUSE])
def test_power_of_machines_that_are_another_labs_is_left_alone(
    action: Power, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = _settled()
    there = Libvirt(Network(THEIRS, sample.bridge))
    monkeypatch.setattr(provider_, "connected", lambda _uri: nullcontext(there))
    provider = provider_.LibvirtProvider()
    provider.power(sample, sample.machines, action)
    assert provider.machines(sample) == {"master1": State.ABSENT}
    assert there.asked == []


@dataclass
class Going:
    """A domain that existed when it was looked up, but no longer exists."""

    called: str

    def XMLDesc(self) -> str:  # noqa: N802
        return ""

    def state(self) -> list[int]:
        gone = connection_.libvirt.libvirtError("Domain not found")
        gone.err = (connection_.libvirt.VIR_ERR_NO_DOMAIN, 10, "Domain not found")
        raise gone

    isActive = state  # noqa: N815


@dataclass
class Emptying(Libvirt):
    """A libvirt whose machines another process is removing."""

    def lookupByName(self, name: str) -> Any:  # noqa: N802
        return Going(name)


def test_a_machine_that_goes_while_it_is_looked_at_is_absent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sample = _settled()
    there = Emptying(Network(OURS, sample.bridge))
    monkeypatch.setattr(provider_, "connected", lambda _uri: nullcontext(there))
    assert provider_.LibvirtProvider().machines(sample) == {"master1": State.ABSENT}


@dataclass
class Running(Libvirt):
    """A libvirt in which every machine runs; it is its own domain."""

    plugged: bool = True

    def XMLDesc(self) -> str:  # noqa: N802
        return ""

    def lookupByName(self, name: str) -> Any:  # noqa: N802
        return self

    def isActive(self) -> bool:  # noqa: N802
        return self.plugged

    def destroy(self) -> None:
        self.plugged = False


def test_vagrant_forgets_machines_that_are_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check this because Vagrant would query a booting machine for its address for half a
    minute."""
    sample = _settled()
    there = Running(Network(OURS, sample.bridge))
    monkeypatch.setattr(provider_, "connected", lambda _uri: nullcontext(there))

    def forget(_lab: Lab) -> None:
        assert not there.plugged
        raise LookupError

    monkeypatch.setattr(provider_.maker, "destroy", forget)
    with pytest.raises(LookupError):
        provider_.LibvirtProvider().destroy(sample)


def test_a_machine_that_another_removes_meanwhile_is_removed() -> None:
    connection_.remove_domain(Going("labgen-demo.master1"))


@pytest.mark.parametrize(
    ("uri", "asked"),
    [
        ("qemu+ssh://root@h/system", "qemu+ssh://root@h/system?no_tty=1"),
        ("qemu+ssh://h/system?keyfile=/k", "qemu+ssh://h/system?keyfile=/k&no_tty=1"),
        ("qemu+ssh://h/system?no_tty=1", "qemu+ssh://h/system?no_tty=1"),
        ("qemu:///system", "qemu:///system"),
    ],
)
def test_libvirts_own_ssh_asks_for_no_password(uri: str, asked: str) -> None:
    assert connection_.unasked(uri) == asked


def test_the_boot_that_counts_is_that_of_the_hypervisors_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "ssh", "echo boot-of-bighost")
    assert host.boot_id(JumpHost("bighost")) == "boot-of-bighost"
    assert host.boot_id() == host.BOOT_ID.read_text().strip()


def test_kvm_is_tried_once_in_each_boot() -> None:
    there = Libvirt()
    for boot in ("first", "first", "second"):
        assert not host.boots(there, "qemu+ssh://h/system", PATHS, boot=boot)
    assert there.asked == ["a machine"] * 2


def test_kvm_that_comes_with_a_module_later_is_tried_without_a_boot() -> None:
    there = Libvirt(kvm=False)
    assert not host.boots(there, "qemu:///system", PATHS, boot="first")
    there.kvm = True
    assert not host.boots(there, "qemu:///system", PATHS, boot="first")
    assert there.asked == ["a machine"]


@pytest.mark.parametrize("said", ["Permission denied (publickey).", "No route to host"])
def test_a_host_that_lets_nobody_in_is_the_one_finding(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Assert that libvirt is not queried: it would report the same later, in other words."""
    monkeypatch.setattr(host, "MODULES", {})
    monkeypatch.setattr(host, "PROGRAMS", {})
    stub(monkeypatch, tmp_path, "vagrant", "echo vagrant-libvirt")
    stub(monkeypatch, tmp_path, "ssh", f"echo '{said}' >&2; exit 255")
    [finding] = host.findings("qemu+ssh://bighost/system", JumpHost("bighost"))
    assert finding.what.startswith("bighost ")
    assert finding.what.endswith(f": {said}")
    assert finding.remedy == "this command must work without a prompt: ssh bighost true"
