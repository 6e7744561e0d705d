"""What prevents a host from running virtual machines, and whether KVM boots them."""

import importlib.util
import json
import logging
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from labgen.errors import LabgenError
from labgen.machine.finding import Finding
from labgen.machine.reachability import jump_findings
from labgen.providers.programs import SSH, missing
from labgen.render.vagrantfile import probe_xml
from labgen.system import files, paths
from labgen.system.jump_host import JumpHost
from labgen.system.process import run
from labgen.system.wait import NotYet, until

MODULES = {
    "libvirt": "pip install libvirt-python==VERSION, of the version that libvirtd --version prints",
    "vagrant": "pip install python-vagrant",
}
PROGRAMS = {
    "vagrant": "apt-get install vagrant",
    **SSH,
    "ssh-keyscan": "apt-get install openssh-client",
}
LOCAL = "qemu:///system"
PLUGIN = "vagrant-libvirt"
PROBE = "labgen-probe"
TRIED = "kvm.json"  # in the cache: whether KVM boots machines, by URI
IMPATIENT = Finding(
    "KVM boots no machine here, so processors are emulated, and these timings are too short for it",
    "use the timings for it: -s loadBalancer.profile=emulated",
)
BOOT = 15.0  # seconds; a kernel boots within one
ASK = 20.0  # seconds for a remote host, including the login
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# python-vagrant warns of a missing Vagrant when it is imported; findings() reports it better
logging.getLogger("vagrant").setLevel(logging.ERROR)


def findings(uri: str, jump: JumpHost | None = None) -> list[Finding]:
    """Return everything that prevents this host from running virtual machines in the libvirt at
    uri, which is reached through the jump host."""
    missing_modules = [name for name in MODULES if importlib.util.find_spec(name) is None]
    wrong = [
        Finding(f"Python's {name} is not installed", MODULES[name]) for name in missing_modules
    ]
    wrong += missing(PROGRAMS)
    if wrong:
        return wrong  # what follows needs these
    if not _plugin():
        wrong.append(Finding(f"Vagrant has no {PLUGIN}", f"apt-get install {PLUGIN}"))
    return wrong + _unreachable(uri, jump)


def boots(connection: Any, uri: str, boot_files: Sequence[str], *, boot: str) -> bool:
    """Return whether KVM boots a machine with the kernel and initrd on the hypervisor.

    This is tried once per boot of the hypervisor's host, because neither an accessible /dev/kvm nor
    capabilities that list KVM prove it.
    """
    known, tried = _known(), {"files": list(boot_files), "boot": boot}
    told = known.get(uri, {})
    if {key: told.get(key) for key in tried} == tried:
        return bool(told["boots"])
    if "type='kvm'" not in connection.getCapabilities():
        return False  # not cached: loading a kernel module changes it
    found = _try(connection, boot_files)
    answers = {**known, uri: {**tried, "boots": found}}
    files.write(paths.cache() / TRIED, json.dumps(answers, indent=2) + "\n")
    return found


def kvm_boots(uri: str) -> bool:
    """Return the result of the last test since this host was booted; False if there was none."""
    told = _known().get(uri, {})
    return bool(told.get("boots")) and told.get("boot") == boot_id()


def _known() -> dict[str, Any]:
    path = paths.cache() / TRIED
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def boot_id(jump: JumpHost | None = None) -> str:
    """Return the id of the current boot of this host, or of the jump host."""
    text = jump.run(["cat", BOOT_ID], timeout=ASK).stdout if jump else BOOT_ID.read_text()
    return text.strip()


def _try(connection: Any, boot_files: Sequence[str]) -> bool:
    """Start a machine that switches itself off; return whether it did so."""
    import libvirt  # noqa: PLC0415 - optional, see findings()

    from labgen.providers.libvirt.connection import pull_plug  # noqa: PLC0415 - needs libvirt

    kernel, initrd = boot_files
    name = f"{PROBE}-{time.time_ns()}"
    domain = connection.defineXML(probe_xml(name, kernel=kernel, initrd=initrd))
    try:
        domain.create()
        until(partial(_off, domain, libvirt.VIR_DOMAIN_SHUTOFF), what="the end", timeout=BOOT)
        _, reason = domain.state()
    except (libvirt.libvirtError, LabgenError):
        return False
    finally:
        pull_plug(domain)
        domain.undefine()
    return bool(reason == libvirt.VIR_DOMAIN_SHUTOFF_SHUTDOWN)


def _off(domain: Any, off: int) -> None:
    if domain.state()[0] != off:
        raise NotYet("it runs")


def _plugin() -> bool:
    listed = run(["vagrant", "plugin", "list"], timeout=60, check=False).stdout
    return PLUGIN in listed


def _unreachable(uri: str, jump: JumpHost | None) -> list[Finding]:
    from labgen.providers.libvirt.connection import connected  # noqa: PLC0415 - needs libvirt

    if jump and (found := jump_findings(jump)):
        return found
    place = f" on {jump.host}: apt-get install libvirt-daemon-system;" if jump else ":"
    try:
        with connected(uri):
            return []
    except LabgenError as error:
        return [Finding(error.message, f"start it{place} systemctl start libvirtd")]
