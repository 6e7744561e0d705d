"""A libvirt that only the tests use, with QEMU in the run's network namespace.

It also has its own process namespace and mount namespace: when its first process ends, all machines
end, and everything that it wrote is in the run's directory.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from labgen.providers.libvirt.connection import HypervisorFailed, connected
from labgen.system.wait import NotYet, until
from tests.e2e.support import virtual

START = 30.0  # seconds
FAREWELL = 20.0
# Parts of the run's directory, and the paths fixed in libvirt at which they are mounted.
PLACES = {
    "run": "/run/libvirt",
    "lib": "/var/lib/libvirt",
    "log": "/var/log/libvirt",
    "cache": "/var/cache/libvirt",
    "etc": "/etc/libvirt",
}
QEMU_CONF = """\
user = "root"
group = "root"
dynamic_ownership = 0
security_driver = "none"
namespaces = []
cgroup_controllers = []
stdio_handler = "file"
"""
LIBVIRTD_CONF = """\
unix_sock_rw_perms = "0700"
auth_unix_rw = "none"
auth_unix_ro = "none"
"""
OWN = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"]


@contextmanager
def running(directory: Path) -> Iterator[str]:
    """Run a libvirtd in this process's network namespace during the block; yield its URI."""
    with started(directory):
        yield uri_of(directory)


def uri_of(directory: Path) -> str:
    """Return the URI of the libvirtd of that directory; it works from any network namespace."""
    return f"qemu+unix:///system?socket={directory}/run/libvirt-sock"


@contextmanager
def started(
    directory: Path, isolation: Sequence[str] = (), before: Sequence[str] = ()
) -> Iterator[int]:
    """Run a libvirtd during the block; yield the pid of its first process.

    isolation are more options of unshare. before are lines of shell that run in its namespaces
    before it starts.
    """
    for part in PLACES:
        (directory / part).mkdir(parents=True, exist_ok=True)
    (directory / "etc/qemu.conf").write_text(QEMU_CONF)
    (directory / "etc/libvirtd.conf").write_text(LIBVIRTD_CONF)
    lines = [
        f"mkdir -p {place}; mount --bind {directory / part} {place}"
        for part, place in PLACES.items()
    ]
    # bash stays the first process: it reaps QEMUs, for whose end libvirt would wait
    daemon_line = "libvirtd --pid-file /run/libvirt/libvirtd.pid & wait $!"
    script = "\n".join(["set -e", *lines, *before, daemon_line])
    words = ["setpriv", "--pdeathsig", "KILL", "unshare", *OWN, *isolation, "bash", "-c", script]
    with (directory / "libvirtd.log").open("ab") as log:
        daemon = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        until(lambda: _answers(daemon, directory), what="libvirt's answer", timeout=START)
        yield daemon.pid
    finally:
        daemon.kill()  # and by --kill-child all that it started
        daemon.wait(timeout=FAREWELL)


def _answers(daemon: subprocess.Popen[bytes], directory: Path) -> None:
    if daemon.poll() is not None:
        raise RuntimeError(f"libvirtd ended:\n{(directory / 'libvirtd.log').read_text()}")
    try:
        with connected(uri_of(directory)):
            return
    except HypervisorFailed as error:
        raise NotYet(error.message) from error


def known(uri: str) -> list[str]:
    """Return the names of all objects in libvirt."""
    with connected(uri) as connection:
        return virtual.known(connection)


if __name__ == "__main__":
    with running(Path(sys.argv[1]).resolve()) as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        sys.stdin.read()
