"""The power switch of a virtual machine, with a simulated domain."""

# ruff: noqa: N802 - libvirt names them so

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from labgen.lab.lab import Lab
from labgen.providers.base import Power
from labgen.system import interrupt
from tests.unit.lab.samples import made
from tests.unit.providers.fake_libvirt import Thing

power = pytest.importorskip("labgen.providers.libvirt.power", reason="no libvirt-python")


@dataclass
class Domain(Thing):
    """A domain that reacts to its power button from that press on."""

    hears: int = 1

    def isActive(self) -> bool:
        return "destroy" not in self.done and self.done.count("shutdown") < self.hears

    def shutdown(self) -> None:
        self.done.append("shutdown")


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setattr(power, "AGAIN", 0.01)
    monkeypatch.setattr(power, "LOOK", 0.001)
    return made("ha-3x3", "demo")


def shut_down(lab: Lab, domain: Domain) -> list[str]:
    connection: Any = SimpleNamespace(lookupByName=lambda _: domain)
    machine = lab.machines[0]
    power.switch(connection, lab, machine, Power.SHUTDOWN, [machine])
    return domain.done


def test_button_is_pressed_until_the_machine_hears_it(lab: Lab) -> None:
    assert shut_down(lab, Domain("machine", hears=3)) == ["shutdown"] * 3


def test_machine_that_hears_no_button_loses_its_power_in_time(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(power, "SHUTDOWN", 0.05)
    *presses, last = shut_down(lab, Domain("machine", hears=10_000))
    assert last == "destroy"
    assert set(presses) == {"shutdown"}


def test_ctrl_c_ends_the_wait_and_pulls_no_plug(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def pause(_: float) -> None:
        raise interrupt.Interrupted

    monkeypatch.setattr(interrupt, "pause", pause)
    domain = Domain("machine", hears=2)
    with pytest.raises(interrupt.Interrupted):
        shut_down(lab, domain)
    assert domain.done == ["shutdown"]


def test_a_domain_that_is_off_was_switched_off_whatever_libvirt_reported(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Late(Domain):
        def state(self) -> list[int]:
            on, off = power.libvirt.VIR_DOMAIN_RUNNING, power.libvirt.VIR_DOMAIN_SHUTOFF
            return [off if "destroy" in self.done and self.hears else on]

        def destroy(self) -> None:
            super().destroy()
            raise power.libvirt.libvirtError("Timed out during operation")

    machine, domain = lab.machines[0], Late("machine")
    connection: Any = SimpleNamespace(lookupByName=lambda _: domain)
    power.switch(connection, lab, machine, Power.OFF, [machine])
    domain.hears = 0
    monkeypatch.setattr("labgen.providers.settled.SETTLE", 0.1)
    with pytest.raises(power.libvirt.libvirtError):
        power.switch(connection, lab, machine, Power.OFF, [machine])
