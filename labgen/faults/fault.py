"""What a fault is, and what a driver does: inject, heal and observe."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.machine.ssh import Ssh
from labgen.providers.base import Provider, State
from labgen.providers.registry import provider
from labgen.scenario.model import LoadBalancer, Role

CONTROL_PLANES = (Role.CONTROL_PLANE,)
ANY = (Role.CONTROL_PLANE, Role.WORKER)


@dataclass(frozen=True)
class Site:
    """A lab, and access to its machines."""

    lab: Lab

    @cached_property
    def provider(self) -> Provider:
        return provider(self.lab.provider)

    @cached_property
    def ssh(self) -> Ssh:
        """Return an SSH client for the machines, after checking the route. Raises LabgenError."""
        return access.ssh(self.lab)

    def connect(self, machine: Machine, timeout: float) -> None:
        """Wait at most timeout seconds until the machine answers on SSH."""
        self.ssh.connect(machine.name, str(machine.address), timeout=timeout, port=machine.port)

    def state(self, machine: Machine) -> State:
        """Return the machine's present power state."""
        return self.provider.machines(self.lab)[machine.name]


class FaultDriver(Protocol):
    """Injects and heals a fault. After a crash, every method may be called again."""

    @property
    def host_side(self) -> bool:
        """Return whether only the host can heal the fault, because the machine is down."""
        ...

    def inject(self, site: Site, machines: Sequence[Machine], duration: float | None) -> float:
        """Inject the fault. Return the time.monotonic() at which it affected all machines.

        With duration, machines that still run heal themselves after that many seconds.
        """
        ...

    def heal(self, site: Site, machines: Sequence[Machine]) -> bool:
        """Heal the fault, also a partial one. Return whether anything had to be healed."""
        ...

    def is_active(self, site: Site, machine: Machine) -> bool:
        """Return whether the fault is observed on the machine now."""
        ...


@dataclass(frozen=True)
class Expectation:
    """An expected effect of a fault."""

    what: str
    when: str = ""  # in words, or as a formula of the scenario's timings
    # computes the shortest and the longest time from the scenario's load balancer settings
    seconds: Callable[[LoadBalancer], tuple[float, float]] | None = None


@dataclass(frozen=True)
class Fault:
    """A failure of one or more machines."""

    name: str
    summary: str  # one line, for the list
    target: str  # the default target: a role
    driver: FaultDriver
    does: str  # this and the next two are printed by `labgen fault explain`
    expected: tuple[Expectation, ...]
    why: str
    eligible_roles: tuple[Role, ...] = ANY  # roles of the machines that can have it
    one_shot: bool = False  # it ends by itself, there is nothing to heal
    duration: float | None = None  # seconds until it heals itself, by default
