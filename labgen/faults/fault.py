"""What a fault is, and the two things that every way of doing one can do."""

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
    """A lab, and how to get at its machines."""

    lab: Lab

    @cached_property
    def provider(self) -> Provider:
        return provider(self.lab.provider)

    @cached_property
    def ssh(self) -> Ssh:
        """Over SSH, after the route was checked; raises LabgenError."""
        return access.ssh(self.lab)

    def connect(self, machine: Machine, timeout: float) -> None:
        """Wait until the machine answers on SSH."""
        self.ssh.connect(machine.name, str(machine.address), timeout=timeout, port=machine.port)

    def state(self, machine: Machine) -> State:
        """The machine's power state now."""
        return self.provider.machines(self.lab)[machine.name]


class FaultDriver(Protocol):
    """How a fault is done to machines. Each may be called again after a crash in its middle."""

    @property
    def host_side(self) -> bool:
        """Whether it takes the machine away, so that only the host can undo it."""
        ...

    def inject(self, site: Site, machines: Sequence[Machine], duration: float | None) -> float:
        """Do it; returns the time.monotonic() at which it had taken effect on all machines.

        With lasting, a machine that is still there undoes it by itself after so many seconds.
        """
        ...

    def heal(self, site: Site, machines: Sequence[Machine]) -> bool:
        """Undo what of it there is; True if there was anything."""
        ...

    def is_active(self, site: Site, machine: Machine) -> bool:
        """Whether it is in effect on the machine now, by what is observed there."""
        ...


@dataclass(frozen=True)
class Expectation:
    """What should happen, and when: in words or as a formula of the scenario's timings.

    seconds computes it from its load balancer, as the least and the most.
    """

    what: str
    when: str = ""
    seconds: Callable[[LoadBalancer], tuple[float, float]] | None = None


@dataclass(frozen=True)
class Fault:
    """target is whom it is done to unless told otherwise, fits which machines it can be done to.

    ends: it is over by itself, there is nothing to heal. lasting: seconds after which it heals
    itself unless told otherwise. does, expected and why are for `labgen fault explain`.
    """

    name: str
    summary: str
    target: str
    driver: FaultDriver
    does: str
    expected: tuple[Expectation, ...]
    why: str
    eligible_roles: tuple[Role, ...] = ANY
    one_shot: bool = False
    duration: float | None = None
