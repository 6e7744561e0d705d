"""Move addresses from one subnet to another."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

# An address stands alone: it is no part of a longer number, of a version or of another address.
ADDRESS = re.compile(r"(?<![0-9A-Za-z.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9]|\.[0-9])")


@dataclass(frozen=True)
class Addresses:
    """Two subnets with the same prefix length."""

    old: IPv4Network
    new: IPv4Network

    def move(self, address: IPv4Address) -> IPv4Address:
        """Return the address at the same offset of the new subnet; others stay."""
        if address not in self.old:
            return address
        return self.new.network_address + (int(address) - int(self.old.network_address))

    def rewrite(self, text: str) -> str:
        """Return the text with every address of the old subnet moved, and the subnet itself."""
        return ADDRESS.sub(self._moved, text)

    def _moved(self, found: re.Match[str]) -> str:
        try:
            address = IPv4Address(found[0])
        except ValueError:  # a number above 255, or a leading zero
            return found[0]
        return str(self.move(address))
