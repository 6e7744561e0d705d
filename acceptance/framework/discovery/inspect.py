"""Inspect a machine of a cluster that labgen did not build, by parsing the output of inspect.sh."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from labgen.errors import LabgenError
from labgen.machine.ssh import Ssh

SCRIPT = Path(__file__).with_name("inspect.sh")
TIMEOUT = 30.0  # seconds; under one as a rule
END = "end"
API_SERVER = "kube-apiserver"


@dataclass(frozen=True)
class Inspection:
    """What one machine reported."""

    addresses: frozenset[IPv4Address]
    control_plane: bool
    administrator: bool  # it has the administrator's kubeconfig
    keepalived: bool  # it is a service there
    kept: frozenset[str]  # the addresses in keepalived's configuration
    haproxy: tuple[str, ...]  # the lines that name sections, addresses and servers


def inspect(ssh: Ssh, name: str) -> Inspection:
    """Inspect one machine as root. Raises LabgenError."""
    done = ssh.run(name, ["bash", "-s"], timeout=TIMEOUT, input=SCRIPT.read_bytes())
    return parse(done.stdout)


def parse(text: str) -> Inspection:
    """Return the values in the output of inspect.sh. Raises LabgenError if the output is
    incomplete."""
    lines = text.splitlines()
    if END not in lines:
        raise LabgenError(
            "the inspection of the machine is incomplete", last_seen=(lines or ["-"])[-1]
        )
    manifests = set(_of(lines, "manifest"))
    runs = API_SERVER in _of(lines, "runs")
    return Inspection(
        addresses=frozenset(IPv4Address(words.split()[1]) for words in _of(lines, "address")),
        control_plane=runs or f"{API_SERVER}.yaml" in manifests,
        administrator=any(_of(lines, "admin.conf")),
        keepalived="keepalived" in _of(lines, "service"),
        kept=frozenset(_of(lines, "keeps")),
        haproxy=tuple(_of(lines, "haproxy")),
    )


def _of(lines: list[str], word: str) -> list[str]:
    return list(_values(lines, word))


def _values(lines: list[str], word: str) -> Iterator[str]:
    for line in lines:
        first, _, rest = line.partition(" ")
        if first == word:
            yield rest
