"""Parse the values of loadBalancer that are more than single words. Each function raises
ValueError."""

from ipaddress import AddressValueError, IPv4Address

from labgen.scenario.values import AUTO, count, duration, kind_of, shown

NONE = "none"
ANY = "*"
MACHINE = "machine"
PRIORITIES = (1, 254)  # 0 and 255 have meanings of their own: RFC 5798, section 5.2.4


def duration_or_none(value: object) -> int:
    """Return milliseconds; 0 stands for none."""
    return 0 if value == NONE else duration(value)


def priorities(value: object) -> tuple[int, ...]:
    """Return VRRP priorities, all different, the highest first; empty for auto."""
    if value == AUTO:
        return ()
    if not isinstance(value, list) or not value:
        raise ValueError(f"expected auto or a list such as [103, 102, 101], found {kind_of(value)}")
    found = tuple(count(*PRIORITIES)(item) for item in value)
    if list(found) != sorted(set(found), reverse=True):
        raise ValueError(
            "the first control plane holds the VIP, and each one after it when those before it"
            " are gone: write different priorities, the highest first"
        )
    return found


def bind(value: object) -> tuple[str, ...]:
    """Return what HAProxy binds to: *, machine or IPv4 addresses."""
    if not isinstance(value, list) or not value:
        raise ValueError(f"expected a list such as [machine, 127.0.0.1], found {kind_of(value)}")
    return tuple(_place(item) for item in value)


def _place(item: object) -> str:
    if isinstance(item, str) and item in (ANY, MACHINE):
        return item
    try:
        return str(IPv4Address(item if isinstance(item, str) else ""))
    except AddressValueError:
        what = shown(item) if isinstance(item, str) else kind_of(item)
        raise ValueError(
            f"HAProxy cannot bind to {what}; use '*', machine (its own address) or an IPv4 address"
        ) from None
