"""Actions of the provider contract on a lab: kill commands, switch machines, observe them."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.machine.ssh import Ssh
from labgen.providers.base import Power, State
from labgen.system.wait import NotYet, until
from tests.e2e.provider_contract.subject import Site, Subject
from tests.e2e.support.background_load import repeating
from tests.e2e.support.program import begun, labgen

CLOCK = 5.0  # seconds that a guest may be off
MOMENT = 120.0  # seconds for a command to come to the point at which it is killed
PROBE = 0.05  # seconds between two looks whether a machine answers
# how to come from one state to another
WAYS = {
    (State.ON, State.OFF): [Power.OFF],
    (State.ON, State.PAUSED): [Power.PAUSE],
    (State.PAUSED, State.ON): [Power.RESUME],
    (State.PAUSED, State.OFF): [Power.OFF],
    (State.OFF, State.ON): [Power.ON],
    (State.OFF, State.PAUSED): [Power.ON, Power.PAUSE],
}
LEADS_TO = {
    Power.ON: State.ON,
    Power.OFF: State.OFF,
    Power.SHUTDOWN: State.OFF,
    Power.PAUSE: State.PAUSED,
    Power.RESUME: State.ON,
}
# Every action from every state, in an order with two boots.
SWITCHED = [
    *((State.OFF, action) for action in Power if action is not Power.ON),
    (State.OFF, Power.ON),
    *((State.ON, action) for action in (Power.ON, Power.RESUME, Power.SHUTDOWN)),
    (State.ON, Power.PAUSE),
    *((State.PAUSED, action) for action in (Power.ON, Power.PAUSE, Power.SHUTDOWN)),
    (State.PAUSED, Power.RESUME),
    (State.PAUSED, Power.OFF),
    (State.ON, Power.OFF),
]


def killed(words: list[str], moment: Callable[[], bool], what: str) -> bool:
    """Start a command, and kill it at that moment; return False if it had already ended."""
    with begun(*words) as command:

        def look() -> None:
            if command.poll() is None and not moment():
                raise NotYet("not yet")

        until(look, what=what, timeout=MOMENT, interval=0.02)
        struck = command.poll() is None
        with suppress(ProcessLookupError):  # ended just now
            os.killpg(command.pid, signal.SIGKILL)
        command.wait(timeout=30)
    return struck


@contextmanager
def answering(machine: Machine) -> Iterator[list[float]]:
    """Yield the times at which the machine's sshd answered; they are added during the block."""
    found: list[float] = []

    def look() -> None:
        try:
            with socket.create_connection((str(machine.address), 22), timeout=1) as connection:
                connection.settimeout(1)
                if connection.recv(4):
                    found.append(time.monotonic())
        except OSError:
            return

    with repeating(look, every=PROBE):
        yield found


def bring(site: Site, lab: Lab, machine: Machine, wanted: State) -> None:
    """Bring the machine to the wanted state, from any state except absent."""
    now = site.provider.machines(lab)[machine.name]
    for action in WAYS[now, wanted] if now is not wanted else ():
        site.provider.power(lab, [machine], action)
    assert site.provider.machines(lab)[machine.name] is wanted


def answers(lab: Lab, machine: Machine, kind: Subject) -> None:
    """Assert that each machine answers by the lab's ssh_config alone, and that it is the machine of
    that name."""
    ssh = Ssh(lab.ssh_config)
    ssh.connect(machine.name, str(machine.address), timeout=kind.answers)
    said = ssh.run(machine.name, ["uname", "--nodename"], timeout=kind.answers).stdout
    assert said.strip() == machine.name


def refused(site: Site, lab: Lab, action: Power) -> None:
    """Assert that unsupported power actions are refused with the machine's name, and that nothing
    happens."""
    before = site.provider.machines(lab)
    with pytest.raises(LabgenError, match=lab.machines[0].name):
        site.provider.power(lab, lab.machines, action)
    assert site.provider.machines(lab) == before


def states(site: Site, lab: Lab) -> set[State]:
    return set(site.provider.machines(lab).values())


def all_answer(lab: Lab, kind: Subject) -> None:
    for machine in lab.machines:
        answers(lab, machine, kind)


def goes_back(site: Site, lab: Lab, kind: Subject) -> None:
    """Assert that a restore removes what came later, that machines run as before and that clocks
    are right, also after an earlier save or restore was killed."""
    ssh = Ssh(lab.ssh_config)

    def everywhere(script: str) -> list[str]:
        all_answer(lab, kind)
        words = ["bash", "-ec", script]
        return [ssh.run(it.name, words, timeout=60).stdout.strip() for it in lab.machines]

    everywhere("mkdir -p /var/lib/kubelet; touch /root/then /var/lib/kubelet/then")
    everywhere("systemd-run --unit=then sleep infinity")
    save = ["checkpoint", "save", lab.name, "before"]
    restore = ["checkpoint", "restore", lab.name, "before"]
    killed(save, lambda: site.saving(lab), "the machines' pause")
    labgen(*save, timeout=300)
    everywhere("touch /root/since /var/lib/kubelet/since; rm /root/then; systemctl stop then")
    if not kind.memory:
        killed(restore, lambda: states(site, lab) == {State.OFF}, "all machines being off")
        labgen("start", lab.name)
        assert len(set(everywhere("cd /root; echo *; cd /var/lib/kubelet; echo [st]*"))) == 1
    labgen(*restore, timeout=300)
    assert states(site, lab) == {State.ON}
    gone = "test -e /root/then; test ! -e /root/since; test ! -e /var/lib/kubelet/since"
    runs = "; systemctl is-active --quiet then" if kind.memory else ""
    for told in everywhere(f"{gone}{runs}; date +%s.%N"):
        assert abs(float(told) - time.time()) < CLOCK
    found = json.loads(labgen("checkpoint", "list", lab.name, "-o", "json").stdout)
    assert [it["name"] for it in found] == ["before"]
    labgen("checkpoint", "remove", lab.name, "before")
