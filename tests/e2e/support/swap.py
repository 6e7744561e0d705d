"""Simulated swap on a bare machine: it shares the host's kernel, whose swap no test may touch.

The machine's /proc/swaps is a separate file, which its swapoff and swapon write.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.support.bare_machines import BareMachine

SWAP = "/swapfile"
TABLE = "/var/lib/swaps"
HEADING = "Filename Type Size Used Priority"
OFF = """\
#!/bin/sh
[ "$*" = --all ] && heading=$(head -n 1 /proc/swaps) && echo "$heading" >/proc/swaps
"""
ON = '#!/bin/sh\necho "$1 file 1048572 0 -2" >>/proc/swaps\n'
FSTAB = f"{SWAP} none swap sw 0 0\n"
# The file that marks a container, and the one that a container without cgroup v2 lacks.
SHARED, KEPT = "/run/systemd/container", "/run/container.kept"
CGROUP_ROOT = "/sys/fs/cgroup"
CGROUP = f"{CGROUP_ROOT}/cgroup.controllers"
PRETEND = f"""
mv {SHARED} {KEPT}
test ! -e {CGROUP} || exit 0
mount -o remount,rw {CGROUP_ROOT}
touch {CGROUP} {KEPT}.cgroup
"""
ADMIT = f"""
mv {KEPT} {SHARED}
test -e {KEPT}.cgroup || exit 0
rm {CGROUP} {KEPT}.cgroup
mount -o remount,ro {CGROUP_ROOT}
"""


def switch_on(machine: BareMachine) -> None:
    """Give the machine swap, now and at its next boot."""
    machine.write(TABLE, f"{HEADING}\n{SWAP} file 1048572 0 -2\n")
    machine.write("/usr/local/sbin/swapoff", OFF, "755")
    machine.write("/usr/local/sbin/swapon", ON, "755")
    machine.write("/etc/fstab", FSTAB)
    machine.inside("mount", "--bind", TABLE, "/proc/swaps")


def used(machine: BareMachine) -> list[str]:
    """Return the swap that is on."""
    return machine.inside("cat", "/proc/swaps").stdout.splitlines()[1:]


@contextmanager
def kernel_of_its_own(machine: BareMachine) -> Iterator[None]:
    """Make the machine look like no container, because labgen does not change the swap of
    containers."""
    machine.inside("sh", "-ec", PRETEND)
    try:
        yield
    finally:
        machine.inside("sh", "-ec", ADMIT)
