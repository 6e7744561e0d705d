"""What the provider contract needs to know about one kind of machines."""

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
    """Where labs of one kind are created while the contract is tested.

    words: for `labgen up`, with two machines. seen: the names of everything that create() created
    for a lab, found without labgen. tear: leave a lab partially created, without labgen; None if
    create() creates nothing that could be missing. residues: by name, a function that leaves one
    resource of a removed lab, without labgen; all of them together must work, too. uri: of the
    libvirt in it, or empty.
    """

    words: tuple[str, ...]
    provider: Provider
    seen: Callable[[Lab], list[str]]
    tear: Harm | None
    residues: Mapping[str, Harm]
    uri: str = ""
    saving: Callable[[Lab], bool] = lambda _: False  # whether the lab is being saved now


@dataclass(frozen=True)
class Subject:
    """A provider, and the parts of the contract that it supports.

    name is the provider's, variant distinguishes kinds of one provider. actions: what the machines'
    power switch supports; all other actions are refused. answers: seconds until a machine that was
    switched on answers on SSH. notices: seconds by which the time of a power cut may differ from
    that observed from outside. memory: checkpoints have the machines' memory. made: the machines
    are created and removed with the lab.
    """

    name: str
    site: Callable[[pytest.FixtureRequest], AbstractContextManager[Site]]
    answers: float
    notices: float
    actions: frozenset[Power]
    checkpoints: bool
    memory: bool = False
    made: bool = True
    variant: str = ""

    @property
    def title(self) -> str:
        return f"{self.name}-{self.variant}" if self.variant else self.name
