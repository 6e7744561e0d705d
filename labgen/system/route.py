"""Where packets would go: asked before any is sent."""

from ipaddress import IPv4Address

from labgen.report.errors import LabgenError
from labgen.system.run import run


def device(address: IPv4Address) -> str | None:
    """The interface that packets to address would leave by; None without a route."""
    found = run(["ip", "-o", "route", "get", str(address)], timeout=10, check=False)
    words = found.stdout.split()
    return words[words.index("dev") + 1] if found.ok and "dev" in words else None


def ensure_through(bridge: str, address: IPv4Address, *, hint: str) -> None:
    """Raise LabgenError unless packets to address leave by bridge."""
    actual = device(address)
    if actual != bridge:
        seen = f"they would leave by {actual}" if actual else "there is no route"
        raise LabgenError(
            f"packets to {address} do not go through the lab's own bridge {bridge}: {seen}; "
            "nothing was sent",
            hint=hint,
        )
