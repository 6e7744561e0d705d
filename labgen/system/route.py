"""Look up the route that packets would take, before any is sent."""

from ipaddress import IPv4Address

from labgen.errors import LabgenError
from labgen.system.jump_host import JumpHost
from labgen.system.process import run

TIMEOUT = 10.0


def device(address: IPv4Address, jump: JumpHost | None = None) -> str | None:
    """Return the interface by which packets to the address would leave this host, or the jump host;
    None without a route."""
    ask = jump.run if jump else run
    found = ask(["ip", "-o", "route", "get", str(address)], timeout=TIMEOUT, check=False)
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
