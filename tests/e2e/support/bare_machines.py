"""Bare machines: Debian after a minimal installation, reached only by SSH.

`python -m tests.e2e.support.bare_machines` builds their images, once, and needs the network. They
have systemd, sshd, sudo and their dependencies, and nothing of labgen's.
"""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from labgen.system import files, host, mounts, netns, podman
from labgen.system.parallel import gather
from labgen.system.process import Completed, run
from labgen.system.wait import NotYet, until
from tests.e2e.support.debian_root import DebianRoot
from tests.e2e.support.runs import Run

SUITES = ("trixie", "bookworm")
PACKAGES = ("systemd-sysv", "openssh-server", "sudo")
SUBNET = IPv4Network("10.120.0.0/24")
PASSWORD = "once upon a time"  # noqa: S105 - admin's, on machines that live for minutes
DISKS = ("containerd", "kubelet", "etcd")  # no overlay on overlay, and etcd wants a real disk
REPOSITORY = "localhost/labgen/bare"
LOAD = 600.0  # seconds
BOOT = 60.0
# Whoever installs a machine gives it host keys and a login; an image belongs to no machine.
HOOKS = (
    'rm -f "$1"/etc/ssh/ssh_host_* "$1"/etc/hostname "$1"/etc/resolv.conf',
    ': >"$1"/etc/machine-id',
    "printf '127.0.0.1 localhost\\n' >\"$1\"/etc/hosts",
    'chroot "$1" useradd --create-home --shell /bin/bash admin',
    f"printf 'admin:{PASSWORD}\\n' | chroot \"$1\" chpasswd",
)


def root(suite: str) -> DebianRoot:
    """Return the root file system that the image of that suite is built from."""
    return DebianRoot("bare", suite, PACKAGES, HOOKS)


@dataclass(frozen=True)
class New:
    """A machine that a test requests."""

    name: str
    suite: str = "trixie"
    user: str = "root"  # or admin
    sudo: str = ""  # "free", "password" or "" (none)


@dataclass(frozen=True)
class BareMachine:
    """A running machine."""

    name: str
    suite: str
    address: IPv4Address
    user: str  # may log in with key
    container: str
    directory: Path  # on the host; has the machine's disks

    @property
    def key(self) -> Path:
        return self.directory / "id_ed25519"

    @property
    def known_hosts(self) -> Path:
        """Return a file with the machine's true host keys."""
        return self.directory / "known_hosts"

    @property
    def host_key(self) -> str:
        """Return the host key's type and the key, as in a scenario."""
        return " ".join(self.known_hosts.read_text().split()[1:3])

    def inside(self, *words: str, check: bool = True, timeout: float = 60) -> Completed:
        """Run words as root without SSH, as on the machine's console."""
        return podman.podman("exec", self.container, *words, check=check, timeout=timeout)

    def write(self, path: str, content: str, mode: str = "644") -> None:
        """Write a file on the machine without SSH."""
        script = f"mkdir -p $(dirname {path}) && cat >{path} && chmod {mode} {path}"
        words = ["podman", "--runtime", "runc", "exec", "-i", self.container, "sh", "-c", script]
        run(words, timeout=30, input=content)


@dataclass(frozen=True)
class BareNetwork:
    """A bridge in the run's namespace. Machines are numbered from .11 on; the host is .1."""

    run: Run
    machines: list[BareMachine]

    @property
    def bridge(self) -> str:
        return f"bare{self.run.id}"

    @property
    def cables(self) -> list[str]:
        """Return the names of the machines' cables at the bridge."""
        return [f"{self.bridge}-{number}" for number, _ in enumerate(self.machines, 1)]

    @property
    def gateway(self) -> IPv4Address:
        return SUBNET.network_address + 1

    def add(
        self, name: str, suite: str = "trixie", *, user: str = "root", sudo: str = ""
    ) -> BareMachine:
        """Create and boot one machine: see add_all()."""
        [machine] = self.add_all(New(name, suite, user, sudo))
        return machine

    def add_all(self, *wanted: New) -> list[BareMachine]:
        """Create and boot machines in parallel, and wait until their sshd answer.

        Raises LabgenError when one does not answer in time.
        """
        made = [self._plugged_in(one) for one in wanted]
        for suite in {one.suite for one in wanted}:
            _image(suite)  # podman is given each once
        starts = zip(wanted, made, strict=True)
        gather({new.name: partial(_start, machine, self.run, new.sudo) for new, machine in starts})
        return made

    def _plugged_in(self, wanted: New) -> BareMachine:
        machine = BareMachine(
            name=wanted.name,
            suite=wanted.suite,
            address=SUBNET.network_address + 11 + len(self.machines),
            user=wanted.user,
            container=f"{self.run.namespace}-{wanted.name}",
            directory=files.private_directory(self.run.directory / "bare" / wanted.name),
        )
        self.machines.append(machine)
        self._plug_in(machine)
        return machine

    def have_one_mac(self, machine: BareMachine, twin: BareMachine) -> str:
        """Give the second machine the first one's hardware address, and return that.

        The bridge floods packets for both: otherwise it would learn only one of them.
        """
        mac = _mac(machine)
        _ip(f"link set eth0 address {mac}", inside=twin.container)
        for one in (machine, twin):
            cable = self.cables[self.machines.index(one)]
            _ip(f"link set {cable} type bridge_slave learning off fdb_flush")
        _ip(f"neighbour flush dev {self.bridge}")
        return mac

    def _plug_in(self, machine: BareMachine) -> None:
        """Create the machine's network namespace, a cable to the bridge and a default route."""
        space, cable = machine.container, self.cables[-1]
        _ip(
            f"netns add {space}",
            f"link add {cable} type veth peer name eth0 address {_mac(machine)} netns {space}",
            f"link set {cable} master {self.bridge} up",
        )
        _ip(
            "link set lo up",
            f"address add {machine.address}/{SUBNET.prefixlen} dev eth0",
            "link set eth0 up",
            f"route add default via {self.gateway}",
            inside=space,
        )


def _mac(machine: BareMachine) -> str:
    return ":".join(["02:00", *(f"{byte:02x}" for byte in machine.address.packed)])


@contextmanager
def network(run_: Run) -> Iterator[BareNetwork]:
    """Yield a network for bare machines. It is removed at the end with all machines on it."""
    made = BareNetwork(run_, [])
    try:
        _ip(
            f"link add {made.bridge} type bridge",
            f"address add {made.gateway}/{SUBNET.prefixlen} dev {made.bridge}",
            f"link set {made.bridge} up",
        )
        yield made
    finally:
        podman.remove([machine.container for machine in made.machines])
        for space in namespaces(run_):
            run(["ip", "netns", "delete", space], timeout=30)
        # now: a deleted namespace may stay a while, and the cable in it
        for link in (*made.cables, made.bridge):
            run(["ip", "link", "delete", link], timeout=30, check=False)
        mounts.unmount_below(run_.directory / "bare")
        shutil.rmtree(run_.directory / "bare", ignore_errors=True)


def namespaces(run_: Run) -> list[str]:
    """Return the network namespaces of the run's bare machines."""
    return sorted(path.name for path in netns.NAMED.glob(f"{run_.namespace}-*"))


def _start(machine: BareMachine, run_: Run, sudo: str) -> None:
    _boot(machine, run_)
    _furnish(machine, sudo)
    what = f"{machine.name} answering on SSH"
    until(lambda: _learn_host_keys(machine), what=what, timeout=BOOT)


def _boot(machine: BareMachine, run_: Run) -> None:
    volumes = []
    for part in DISKS:
        disk = files.private_directory(machine.directory / "disks" / part)
        volumes.append((disk, f"/var/lib/{part}", "rw"))
    podman.run_machine(
        _image(machine.suite),
        name=machine.container,
        hostname=machine.name,
        network=f"ns:{netns.NAMED / machine.container}",
        profile=host.adapt(host.probe()),
        volumes=volumes,
        # by which a sweep finds it: see sweep.py
        labels={"labgen.directory": str(files.private_directory(run_.state / "bare"))},
    )


def _image(suite: str) -> str:
    """Return podman's name of the image, after importing it if podman does not have it."""
    source = root(suite).archive
    name = f"{REPOSITORY}:{source.stem}"
    if not podman.podman("image", "exists", name, check=False).ok:
        if not source.exists():
            raise RuntimeError(
                f"{source} is missing: .venv/bin/python -m tests.e2e.support.bare_machines"
            )
        changes = ["--change", "CMD /sbin/init", "--change", "STOPSIGNAL SIGRTMIN+3"]
        podman.podman("import", "--quiet", *changes, source, name, timeout=LOAD)
    return name


def _furnish(machine: BareMachine, sudo: str) -> None:
    """Give the machine host keys, a login for user by key, and sudo for that user."""

    def booted() -> None:
        said = machine.inside("systemctl", "is-system-running", check=False)
        if said.stdout.strip() not in ("running", "degraded"):
            raise NotYet(said.stdout.strip() or said.stderr.strip())

    until(booted, what=f"{machine.name} having booted", timeout=BOOT)
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", ""]
    run([*words, "-f", machine.key], timeout=30)
    home = "/root" if machine.user == "root" else f"/home/{machine.user}"
    public = machine.key.with_suffix(".pub").read_text()
    machine.write(f"{home}/.ssh/authorized_keys", public, "600")
    machine.inside("chown", "-R", f"{machine.user}:", f"{home}/.ssh")
    if sudo:
        asks = "NOPASSWD: ALL" if sudo == "free" else "ALL"
        machine.write(f"/etc/sudoers.d/{machine.user}", f"{machine.user} ALL=(ALL) {asks}\n", "440")
    # as Debian's installer writes it: without it, sudo queries a name server that may not answer
    own_name = f"127.0.0.1 localhost\n127.0.1.1 {machine.name}\n"
    machine.write("/etc/hosts", own_name)
    machine.inside("ssh-keygen", "-A")
    # without keys it failed so often that systemd gave up
    machine.inside("systemctl", "reset-failed", "ssh")
    machine.inside("systemctl", "restart", "ssh")


def _learn_host_keys(machine: BareMachine) -> None:
    words = ["ssh-keyscan", "-T", "2", "-t", "ed25519", str(machine.address)]
    keys = run(words, timeout=10, check=False).stdout
    if not keys.strip():
        raise NotYet("no answer")
    machine.known_hosts.write_text(keys)


def _ip(*lines: str, inside: str | None = None) -> None:
    script = "\n".join(lines) + "\n"
    words = ["ip", *(["-n", inside] if inside else []), "-batch", "-"]
    run(words, timeout=30, input=script)


def main(suites: Sequence[str]) -> None:
    for suite in suites:
        root(suite).build()
        sys.stdout.write(f"bare machine {suite}: {root(suite).archive}\n")


if __name__ == "__main__":
    main(sys.argv[1:] or SUITES)
