"""What the provider contract must be told of one kind of machines."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest

from labgen.lab.lab import Lab
from labgen.providers.base import Power, Provider

Harm = Callable[[Lab], None]
# of the kinds whose machines are made
MACHINES = (
    "machines=[{role: control-plane, memory: 1700MiB}, {role: worker, memory: 1GiB, cpus: 1}]"
)


@dataclass(frozen=True)
class Site:
    """Where labs of one kind are made while the contract is tried.

    words: for `labgen up`, with two machines. seen: the names of all that create() made of a lab,
    by other eyes than labgen's. tear: leave a lab half made, behind labgen's back; None where
    create() makes nothing that could go. residues: by what it is, what leaves one thing of a lab
    that is gone, without labgen; all of them together must work, too.
    uri: of the libvirt in it, or empty.
    """

    words: tuple[str, ...]
    provider: Provider
    seen: Callable[[Lab], list[str]]
    tear: Harm | None
    residues: Mapping[str, Harm]
    uri: str = ""


@dataclass(frozen=True)
class Subject:
    """A provider and what of the contract it can do.

    name is the provider's, variant tells kinds of one provider apart.
    actions: what the machines' power switch can do; all else is refused. answers: seconds until a
    machine that was switched on answers on SSH. notices: seconds by which the moment of a power cut
    may differ from what is seen from outside. made: the machines come and go with the lab.
    """

    name: str
    site: Callable[[pytest.FixtureRequest], AbstractContextManager[Site]]
    answers: float
    notices: float
    actions: frozenset[Power]
    checkpoints: bool
    made: bool = True
    variant: str = ""

    @property
    def title(self) -> str:
        return f"{self.name}-{self.variant}" if self.variant else self.name
