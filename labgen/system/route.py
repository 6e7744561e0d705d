"""Look up the route that packets would take, before any is sent."""

from ipaddress import IPv4Address

from labgen.errors import HostUnfit, LabgenError
from labgen.system import pressure
from labgen.system.jump_host import JumpHost
from labgen.system.process import CommandTimedOut, run

TIMEOUT = 10.0
NO_PROGRAM = 127  # as a shell says it, POSIX; also of system.process.run


def device(address: IPv4Address, jump: JumpHost | None = None) -> str | None:
    """Return the interface by which packets to the address would leave this host, or the jump host;
    None without a route.

    Raises HostUnfit when the route cannot be read, which says nothing of the address.
    """
    ask = jump.run if jump else run
    where = f" on {jump.host}" if jump else ""
    try:
        found = ask(["ip", "-o", "route", "get", str(address)], timeout=TIMEOUT, check=False)
    except CommandTimedOut as late:
        raise HostUnfit(
            f"the route to {address} could not be read{where}: ip route get gave no answer within "
            f"{late.timeout:g} s",
            hint=pressure.overload() or "to inspect: time ip route get " + str(address),
        ) from late
    if found.exit_code == NO_PROGRAM:
        raise HostUnfit(
            f"the route to {address} could not be read{where}: there is no program ip on PATH",
            hint="apt-get install iproute2, or add its directory to PATH",
        )
    words = found.stdout.split()
    return words[words.index("dev") + 1] if found.ok and "dev" in words else None


def ensure_through(
    bridge: str, address: IPv4Address, *, hint: str, jump: JumpHost | None = None
) -> None:
    """Raise LabgenError unless packets to address leave by the bridge, here or on the jump."""
    actual = device(address, jump)
    if actual != bridge:
        seen = f"they would leave by {actual}" if actual else "there is no route"
        raise LabgenError(
            f"packets to {address} do not go through the lab's own bridge {bridge}"
            f"{f' on {jump.host}' if jump else ''}: {seen}; nothing was sent",
            hint=hint,
        )
