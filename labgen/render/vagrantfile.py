"""A lab's definitions for Vagrant and libvirt: the Vagrantfile, and XML of network and pool."""

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from labgen.lab import keys, ownership
from labgen.lab.lab import Lab
from labgen.render.templating import render

PREFIX = "labgen-"  # of all that is a lab's
POOL = "labgen"
POOL_PATH = "/var/lib/libvirt/labgen"
# One interface with its old name, as system containers have it.
KERNEL_WORDS = "root=/dev/vda rw console=ttyS0 net.ifnames=0 quiet"
# The emulator of QEMU 7.2 spoils flags in cmpxchg16b, and udev crashes; HAProxy wants to see that
# the processor has it, so only the kernel is configured not to use it. With two processors it
# sometimes runs what the kernel is just patching: one boot of fifteen ended in "Oops: int3" after
# four seconds. A kernel that stood still would be waited for in vain; this one boots again. An
# emulator does not speculate, and what kernels do against that costs a third of its time: changing
# page tables at every system call throws away all that it has translated.
EMULATED_WORDS = "clearcpuid=cx16 panic=1 mitigations=off"
# It throws that away at every change from one process to another, too, so guests change less often:
# who wakes up waits for a turn, and turns take 20 ms in place of 1.4. `up` of a control plane took
# 240 s of processors' time in place of 440. systemd-tmpfiles writes it, where systemd has mounted
# debugfs.
SCHEDULING = """\
w /sys/kernel/debug/sched/features - - - - NO_WAKEUP_PREEMPTION
w /sys/kernel/debug/sched/base_slice_ns - - - - 20000000
"""


@dataclass(frozen=True)
class Hypervisor:
    """Where a lab's virtual machines run."""

    uri: str
    emulated: bool  # by QEMU alone, without KVM
    # The UUID of the lab's network: other users may have labs of the same name there. Empty for
    # labs that were created without one.
    network: str = ""


@dataclass(frozen=True)
class Box:
    """The box that machines are created from."""

    name: str
    version: str
    catalog: Path  # the file by which Vagrant finds the box
    kernel: Path  # boots the box's disk
    initrd: Path


def box_names(box: Box) -> tuple[str, str]:
    """Return the names of the box's kernel and initrd in the pool."""
    files = f"{box.name.replace('/', '-')}-{box.version}"
    return f"{files}-vmlinuz", f"{files}-initrd.img"


def prefix(lab: Lab) -> str:
    """Return the prefix of the names of the lab's domains."""
    return lab.machine_prefix


def network_name(lab: Lab) -> str:
    return f"{PREFIX}{lab.name}"


def domain_name(lab: Lab, machine: str) -> str:
    return f"{prefix(lab)}{machine}"


def network_xml(lab: Lab, uuid: str, *, whose: str = "") -> str:
    """Return libvirt's XML of the lab's isolated network; the machines' leases never expire.

    whose is its label, which is empty if Vagrant is used without labgen.
    """
    return render("libvirt-network.xml", lab=lab, name=network_name(lab), uuid=uuid, whose=whose)


def pool_xml() -> str:
    """Return libvirt's XML of the storage pool that all labs share."""
    return render("libvirt-pool.xml", pool=POOL, path=POOL_PATH)


def probe_xml(name: str, *, kernel: str, initrd: str) -> str:
    """Return libvirt's XML of a machine that switches itself off as soon as its kernel runs."""
    return render("libvirt-probe.xml", name=name, kernel=kernel, initrd=initrd)


def vagrantfile(lab: Lab, hypervisor: Hypervisor, box: Box) -> str:
    """Return the lab's Vagrantfile. A box that the scenario names replaces box."""
    words = f"{KERNEL_WORDS} {_emulated_words()}" if hypervisor.emulated else KERNEL_WORDS
    kernel, initrd = box_names(box)
    return render(
        "Vagrantfile",
        lab=lab,
        hypervisor=hypervisor,
        box=box,
        mark=ownership.label(lab),
        site=lab.scenario.provider.box,
        prefix=prefix(lab),
        network=network_name(lab),
        pool=POOL,
        kernel=kernel,
        initrd=initrd,
        key=keys.client_key(lab),
        network_xml=network_xml(lab, hypervisor.network),
        pool_xml=pool_xml(),
        pool_path=POOL_PATH,
        kernel_words=words,
    )


def _emulated_words() -> str:
    scheduling = b64encode(SCHEDULING.encode()).decode()
    return f"{EMULATED_WORDS} systemd.set_credential_binary=tmpfiles.extra:{scheduling}"
