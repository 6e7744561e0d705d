"""Addresses of the old subnet move; everything else that looks like one stays."""

from ipaddress import IPv4Address, IPv4Network

import pytest

from labgen.relocation.addresses import Addresses

MOVE = Addresses(IPv4Network("10.89.0.0/24"), IPv4Network("10.89.7.0/24"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("10.89.0.3 master1", "10.89.7.3 master1"),
        ("server: https://10.89.0.244:8443", "server: https://10.89.7.244:8443"),
        ("10.89.0.244/24", "10.89.7.244/24"),
        ("10.89.0.0/24", "10.89.7.0/24"),
        (
            'ARGS="--node-ip=10.89.0.3"',
            'ARGS="--node-ip=10.89.7.3"',
        ),
        (
            "https://10.89.0.3:2380,https://10.89.0.4",
            "https://10.89.7.3:2380,https://10.89.7.4",
        ),
        ("ends with 10.89.0.3.", "ends with 10.89.7.3."),
        ("10.89.0.3\n10.89.0.30\n", "10.89.7.3\n10.89.7.30\n"),
        ("10.89.0.3.nip.io", "10.89.7.3.nip.io"),
    ],
)
def test_addresses_move_with_their_offset(before: str, after: str) -> None:
    assert MOVE.rewrite(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "10.89.1.3",
        "110.89.0.3",
        "10.89.0.300",
        "1.10.89.0.3",
        "10.89.0.3.1",
        "v10.89.0.3",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert MOVE.rewrite(text) == text


def test_the_offset_counts_in_large_subnets() -> None:
    move = Addresses(IPv4Network("10.64.0.0/16"), IPv4Network("172.20.0.0/16"))
    assert move.rewrite("10.64.3.9 10.65.3.9") == "172.20.3.9 10.65.3.9"


def test_what_moved_once_does_not_move_again() -> None:
    """Both subnets may be in one text: it is rewritten in one pass."""
    assert MOVE.rewrite("10.89.0.3 10.89.7.3") == "10.89.7.3 10.89.7.3"
    assert MOVE.move(IPv4Address("10.96.0.1")) == IPv4Address("10.96.0.1")
