"""A Vagrant box as a site might have one: minimal Debian, Vagrant's login, nothing of labgen's.

`python -m tests.e2e.support.site_box` builds its Debian once, and needs the network. Kernel and
initrd come from the bundle, because the boot of a box is not tested here.
"""

import json
import shutil
from pathlib import Path

from labgen.bundle import contents, store
from labgen.bundle.parts import initrd, kernel
from labgen.scenario.schema import DEFAULT_VERSION
from labgen.system import files
from labgen.system.process import run
from tests.e2e.support.debian_root import BUILD, DebianRoot

SUITE = "bookworm"
PACKAGES = ("systemd-sysv", "openssh-server", "sudo", "udev", "kmod", "dbus")
NETWORK = "[Match]\\nName=e*\\n\\n[Network]\\nDHCP=ipv4\\n"
SSH = "[Service]\\nExecStartPre=\\nExecStartPre=/usr/bin/ssh-keygen -A\\n"
# Where Debian's Vagrant has its well-known key; at the first login it installs another one.
VAGRANT = Path("/usr/share/rubygems-integration/all/gems")
KNOWN_KEY = "vagrant-*/keys/vagrant.pub"
SIZE = 4  # GiB
HOOKS = (
    'rm -f "$1"/etc/ssh/ssh_host_* "$1"/etc/hostname "$1"/etc/resolv.conf',
    ': >"$1"/etc/machine-id',
    'chroot "$1" useradd --create-home --shell /bin/bash vagrant',
    "echo 'vagrant ALL=(ALL) NOPASSWD: ALL' >\"$1\"/etc/sudoers.d/vagrant",
    f"printf '{NETWORK}' >\"$1\"/etc/systemd/network/wired.network",
    'chroot "$1" systemctl enable systemd-networkd',
    'mkdir "$1"/etc/systemd/system/ssh.service.d',
    f"printf '{SSH}' >\"$1\"/etc/systemd/system/ssh.service.d/keys.conf",
)
DEBIAN = DebianRoot("foreign", SUITE, PACKAGES, HOOKS)
VAGRANTFILE = """\
Vagrant.configure("2") do |config|
  config.vm.provider :libvirt do |libvirt|
    libvirt.kernel = File.join(__dir__, "vmlinuz")
    libvirt.initrd = File.join(__dir__, "initrd.img")
    libvirt.cmd_line = "root=/dev/vda rw console=ttyS0 quiet"
  end
end
"""


def pack(directory: Path) -> Path:
    """Build the box in directory from its Debian and the bundle's kernel, without the network."""
    bundle = store.directory_of(contents.recipe(DEFAULT_VERSION))
    root, place = directory / "root", directory / "box"
    for path in (root, place):
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
    run(["tar", "-x", "--numeric-owner", "-f", DEBIAN.archive, "-C", root], timeout=BUILD)
    modules = root / "usr/lib/modules"
    modules.mkdir(exist_ok=True)
    run(["tar", "-x", "--zstd", "-f", bundle / kernel.MODULES, "-C", modules], timeout=BUILD)
    (version,) = (path.name for path in modules.iterdir())
    run(["chroot", root, "depmod", version], timeout=BUILD)
    _let_in(root)
    disk = place / "box.img"
    raw = disk.with_suffix(".raw")
    run(["mke2fs", "-q", "-t", "ext4", "-d", root, raw, f"{SIZE}G"], timeout=BUILD)
    run(["qemu-img", "convert", "-O", "qcow2", raw, disk], timeout=BUILD)
    raw.unlink()
    shutil.rmtree(root)
    metadata = {"provider": "libvirt", "format": "qcow2", "virtual_size": SIZE}
    files.write(place / "metadata.json", json.dumps(metadata))
    files.write(place / "Vagrantfile", VAGRANTFILE)
    shutil.copy(bundle / kernel.KERNEL, place / "vmlinuz")
    shutil.copy(bundle / initrd.INITRD, place / "initrd.img")
    box = directory / "site.box"
    names = sorted(it.name for it in place.iterdir())
    run(["tar", "-c", "-f", box, "-C", place, *names], timeout=BUILD)
    shutil.rmtree(place)
    return box


def _let_in(root: Path) -> None:
    ssh = root / "home/vagrant/.ssh"
    ssh.mkdir(mode=0o700)
    shutil.copy(next(VAGRANT.glob(KNOWN_KEY)), ssh / "authorized_keys")
    run(["chroot", root, "chown", "-R", "vagrant:vagrant", "/home/vagrant/.ssh"], timeout=BUILD)


if __name__ == "__main__":
    DEBIAN.build()
