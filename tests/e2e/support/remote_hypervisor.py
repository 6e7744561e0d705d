"""A hypervisor on another host, simulated by a network namespace, and a user of it.

The namespace has a libvirtd and an SSH server, at the other end of a cable. It has no name and ends
with its processes, and the cable with it. The addresses are for documentation (RFC 5737).
"""

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from labgen.system import files
from labgen.system.process import run
from labgen.system.wait import NotYet, until
from tests.e2e.support import hypervisor

HERE, THERE = "192.0.2.1", "192.0.2.2"
URI = f"qemu+ssh://root@{THERE}/system"
CABLE = "elsewhere"  # its end here
ACCOUNTS = Path("/etc/passwd")  # where OpenSSH and SSH servers look for a user's home
READY = 20.0  # seconds for the SSH server to answer


@dataclass(frozen=True)
class RemoteHypervisor:
    """The other host, while it is running."""

    directory: Path
    known_hosts: Path

    @property
    def local(self) -> str:
        """Return the URI of its libvirt that needs no SSH."""
        return hypervisor.uri_of(self.directory / "libvirt")

    @property
    def as_user(self) -> Sequence[str]:
        """Return the prefix of a command that runs as a user who may log in there."""
        home = self.directory / "here"
        script = f'mount --bind "{home}/passwd" {ACCOUNTS}; HOME="{home}" exec "$@"'
        return ["unshare", "--mount", "--propagation", "private", "bash", "-c", script, "user"]


@contextmanager
def running(directory: Path) -> Iterator[RemoteHypervisor]:
    """Run the other host during the block."""
    here, there = (_home(directory / name) for name in ("here", "there"))
    key, host_key = here / ".ssh/id_ed25519", directory / "host_key"
    run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], timeout=30)
    public = key.with_suffix(".pub").read_text()
    files.write(there / ".ssh/authorized_keys", public, mode=files.PRIVATE)
    told = run(["dropbearkey", "-t", "ed25519", "-f", host_key], timeout=30).stdout
    [line] = [line for line in told.splitlines() if line.startswith("ssh-ed25519 ")]
    known_hosts = here / ".ssh/known_hosts"
    files.write(known_hosts, f"{THERE} {line}\n")
    server = shlex.join(["dropbear", "-F", "-E", "-s", "-r", str(host_key)])
    before = ["ip link set lo up", f"mount --bind {there}/passwd {ACCOUNTS}", f"{server} &"]
    with hypervisor.started(directory / "libvirt", ["--net"], before) as process:
        _plug_in(process)
        found = RemoteHypervisor(directory, known_hosts)
        until(lambda: _answers(found), what="an SSH server's answer", timeout=READY)
        yield found


def _home(path: Path) -> Path:
    """Create a home for root, and an /etc/passwd that names it."""
    files.private_directory(path / ".ssh")
    lines = ACCOUNTS.read_text().splitlines()
    others = [line for line in lines if not line.startswith("root:")]
    mine = f"root:x:0:0:root:{path}:/bin/bash"
    files.write(path / "passwd", "\n".join([mine, *others]) + "\n")
    return path


def _plug_in(process: int) -> None:
    """Connect this network namespace with that of the process by a cable."""
    far = ["nsenter", f"--net=/proc/{process}/ns/net", "ip"]
    ends = ["type", "veth", "peer", "name", "eth0", "netns", str(process)]
    for words in (
        ["ip", "link", "add", CABLE, *ends],
        ["ip", "address", "add", f"{HERE}/24", "dev", CABLE],
        ["ip", "link", "set", CABLE, "up"],
        [*far, "address", "add", f"{THERE}/24", "dev", "eth0"],
        [*far, "link", "set", "eth0", "up"],
    ):
        run(words, timeout=30)


def _answers(found: RemoteHypervisor) -> None:
    words = [*found.as_user, "ssh", "-o", "BatchMode=yes", f"root@{THERE}", "true"]
    done = run(words, timeout=30, check=False)
    if not done.ok:
        raise NotYet(done.stderr.strip())


if __name__ == "__main__":
    with running(Path(sys.argv[1]).resolve()) as other:
        sys.stdout.write(f"{URI}\n{shlex.join(other.as_user)}\n")
        sys.stdout.flush()
        sys.stdin.read()
