"""The Vagrantfile of a lab of virtual machines, and its network in libvirt."""

import re
import shutil
from base64 import b64decode
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from labgen.render.vagrantfile import Box, Hypervisor, network_xml, pool_xml, vagrantfile
from labgen.system.process import run
from tests.unit.lab.samples import lab

BOX = Box("labgen/v1", "1.37.2.4711", Path("/c/box.json"), Path("/b/vmlinuz"), Path("/b/initrd"))
KVM = Hypervisor("qemu:///system", emulated=False)
SITE = "provider={name: libvirt, box: {name: example/site, url: 'file:///s.box', user: admin}}"
EMULATED = Hypervisor("qemu:///system", emulated=True)
ELSEWHERE = Hypervisor("qemu+ssh://root@bighost:2222/system?keyfile=/k", emulated=False)


def test_network_is_isolated_and_knows_every_machine_by_its_address() -> None:
    sample = lab("ha-3x3")
    network = ET.fromstring(network_xml(sample, ""))  # noqa: S314 - made by labgen
    assert network.find("forward") is None
    assert network.find("bridge").attrib["name"] == sample.bridge  # type: ignore[union-attr]
    hosts = {host.attrib["mac"]: host.attrib["ip"] for host in network.iter("host")}
    assert hosts == {machine.mac: str(machine.address) for machine in sample.machines}
    assert {lease.attrib["expiry"] for lease in network.iter("lease")} == {"0"}


def test_network_has_the_uuid_by_which_the_lab_knows_its_own() -> None:
    uuid = "1378903b-9e2b-47ba-b8dc-eacb1c8cf5d7"
    network = ET.fromstring(network_xml(lab("single"), uuid))  # noqa: S314 - made by labgen
    assert network.findtext("uuid") == uuid


def test_pool_is_a_directory_of_its_own() -> None:
    pool = ET.fromstring(pool_xml())  # noqa: S314 - made by labgen
    assert pool.findtext("target/path") == "/var/lib/libvirt/labgen"


def test_each_machine_has_its_own_size_and_hardware_address() -> None:
    sample = lab("ha-3x3", "machines[1].memory=3GiB", "machines[1].cpus=4")
    text = vagrantfile(sample, KVM, BOX)
    blocks = re.findall(r'config\.vm\.define "(\w+)" do(.*?)\n  end\n', text, re.DOTALL)
    assert [name for name, _ in blocks] == [machine.name for machine in sample.machines]
    for (_, block), machine in zip(blocks, sample.machines, strict=True):
        assert f"libvirt.cpus = {machine.cpus}\n" in block
        assert f"libvirt.memory = {machine.memory}\n" in block
        assert f'management_network_mac = "{machine.mac}"' in block
        assert f"systemd.hostname={machine.name} " in block


def test_processors_are_emulated_only_where_there_is_no_kvm() -> None:
    emulated, real = (vagrantfile(lab(), where, BOX) for where in (EMULATED, KVM))
    assert 'libvirt.driver = "qemu"' in emulated
    assert "clearcpuid=cx16 panic=1 mitigations=off " in emulated
    assert 'libvirt.driver = "kvm"' in real
    assert "clearcpuid" not in real


def test_emulated_kernels_change_less_often_from_one_process_to_another() -> None:
    emulated, real = (vagrantfile(lab(), where, BOX) for where in (EMULATED, KVM))
    [told] = set(re.findall(r"set_credential_binary=tmpfiles\.extra:(\S+) ", emulated))
    wanted = {"features": "NO_WAKEUP_PREEMPTION", "base_slice_ns": "20000000"}
    lines = [f"w /sys/kernel/debug/sched/{file} - - - - {it}\n" for file, it in wanted.items()]
    assert b64decode(told).decode() == "".join(lines)
    assert "tmpfiles" not in real


def test_box_of_the_sites_own_boots_and_is_logged_in_to_as_it_says() -> None:
    own = vagrantfile(lab("ha-3x3", SITE), KVM, BOX)
    assert 'config.vm.box = "example/site"' in own
    assert 'config.vm.box_url = "file:///s.box"' in own
    assert 'config.ssh.username = "admin"' in own
    assert not re.search(r"libvirt\.(kernel|initrd|cmd_line)|box_version|insert_key", own)
    assert own.count('node.vm.provision "shell"') == 6
    assert "provision" not in vagrantfile(lab("ha-3x3"), KVM, BOX)


@pytest.mark.skipif(shutil.which("vagrant") is None, reason="no vagrant on this host")
@pytest.mark.parametrize(
    ("hypervisor", "own"), [(KVM, []), (EMULATED, []), (ELSEWHERE, []), (KVM, [SITE])]
)
def test_vagrant_takes_it_in_a_directory_of_its_own(
    hypervisor: Hypervisor, own: list[str], tmp_path: Path
) -> None:
    """Use a directory without the lab's key: the Vagrantfile creates one."""
    (tmp_path / "Vagrantfile").write_text(vagrantfile(lab("ha-3x3", *own), hypervisor, BOX))
    environment = {"VAGRANT_HOME": str(tmp_path / "home"), "VAGRANT_CHECKPOINT_DISABLE": "1"}
    words = ["vagrant", "validate"]
    assert "successfully" in run(words, timeout=120, cwd=tmp_path, env=environment).stdout
    assert (tmp_path / ".vagrant/id_ed25519").stat().st_mode & 0o777 == 0o600
