"""Existing machines, with power switches and without, for the provider contract."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from labgen.lab.lab import Lab
from labgen.machine.ssh import Ssh
from labgen.providers.registry import provider
from labgen.system import files
from tests.e2e.provider_contract.subject import Site
from tests.e2e.support import bare_machines, existing
from tests.e2e.support.bare_machines import BareMachine, New
from tests.e2e.support.runs import Run


@contextmanager
def switched(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Yield two machines with a power switch each. They run Debian 12, because sshd of Debian 13
    temporarily refuses clients that connect as often as the contract does without logging in
    (PerSourcePenalties)."""
    run_: Run = request.getfixturevalue("run_")
    with bare_machines.network(run_) as network:
        machines = network.add_all(New("master1", "bookworm"), New("node1", "bookworm"))
        switches = {machine.name: existing.switch(machine) for machine in machines}
        yield _site(machines, switches)


@contextmanager
def unswitched(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Yield two machines without a power switch, whose logins become root only by sudo."""
    run_: Run = request.getfixturevalue("run_")
    with bare_machines.network(run_) as network:
        machines = network.add_all(
            New("master1", user="admin", sudo="password"), New("node1", user="admin", sudo="free")
        )
        password = existing.sudo_password(run_.directory)
        yield _site(machines, {}, "-s", f"provider.sudoPasswordFile={password}")


def _site(machines: list[BareMachine], switches: existing.Switches, *more: str) -> Site:
    words = ["-s", "provider.name=ssh", *more]
    for key, value in existing.network().items():
        words += ["-s", f"network.{key}={value}"]
    groups = existing.groups(machines[:1], machines[1:], switches)
    return Site(
        words=(*words, "-s", f"machines={json.dumps(groups)}"),
        provider=provider("ssh"),
        seen=_seen,
        tear=_tear,
        residues={"the directory of its connections": _leave_directory},
    )


def _seen(lab: Lab) -> list[str]:
    """Return everything that was created on this host: only the path to the machines."""
    return [str(lab.sockets)] if lab.sockets.exists() else []


def _tear(lab: Lab) -> None:
    """Restore the state after a boot of this host, and remove the stored facts of the machines."""
    if lab.ssh_config.exists():
        Ssh(lab.ssh_config).close([machine.name for machine in lab.machines])
    shutil.rmtree(lab.sockets, ignore_errors=True)
    (lab.directory / "machines.json").unlink(missing_ok=True)


def _leave_directory(lab: Lab) -> None:
    files.private_directory(lab.sockets)
