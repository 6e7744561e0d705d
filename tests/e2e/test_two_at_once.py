"""Two labs next to each other are isolated."""

from functools import partial

from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.providers.container import firewall
from labgen.system.parallel import gather
from labgen.system.process import run
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.program import UP, labgen
from tests.e2e.support.runs import Run


def test_the_namespace_has_no_way_out() -> None:
    assert not run(["ip", "route", "show"], timeout=10).stdout.strip()
    assert not run(["ip", "-6", "route", "show", "default"], timeout=10).stdout.strip()


def test_labs_created_concurrently_share_neither_subnet_nor_router_id(
    run_: Run, labs_to_remove: list[str]
) -> None:
    names = [run_.lab_name("first"), run_.lab_name("second")]
    labs_to_remove += names
    gather({name: partial(labgen, "up", "single", "--name", name, timeout=UP) for name in names})
    first, second = (store.load(name) for name in names)
    assert not first.subnet.overlaps(second.subnet)
    assert first.router_id != second.router_id
    gather({name: partial(labgen, "status", name) for name in names})
    assert _reaches(first, first)
    assert not _reaches(first, second)

    firewall.remove(first.id)  # as a reload of the host's firewall does
    flushed = labgen("status", first.name, check=False)
    assert flushed.exit_code == 1
    assert f"to restore them: labgen start {first.name}" in flushed.stdout
    labgen("start", first.name)
    assert labgen("status", first.name).ok

    gather({name: partial(labgen, "down", name) for name in names})
    assert not leaks(first)
    assert not leaks(second)


def _reaches(lab: Lab, other: Lab) -> bool:
    """Return whether a machine of lab can open a connection to other's API."""
    connect = f": </dev/tcp/{other.vip}/{other.scenario.network.api_port}"
    words = ["timeout", "3", "bash", "-c", connect]
    return labgen("exec", lab.name, lab.machines[0].name, "--", *words, check=False).ok
