"""The second lab of a scenario is made from a checkpoint of the first, with its own secrets."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.system.parallel import gather
from labgen.up import warm_cache
from tests.e2e.support import warm_entries
from tests.e2e.support.health import assert_healthy
from tests.e2e.support.lab_secrets import cluster_keys, mentioned, secrets
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.program import UP, await_step, begun, labgen
from tests.e2e.support.runs import Run

# No user's lab has this number, so the cache has no checkpoint of it. One machine is warm in 6 s on
# two idle cores.
OWN = ("-s", "network.firstHost=77")
LIMIT = 60.0  # seconds; other tests run meanwhile
Record = Callable[[str, object], None]
SAYS = "warm start: machines are made from a copy of lab"


@pytest.fixture
def cache() -> Iterator[None]:
    """Remove from the user's cache what the test kept in it."""
    with warm_entries.removed():
        yield


def _up(name: str) -> str:
    return labgen("up", "single", "--name", name, *OWN, timeout=UP, warm=True).stderr


def _assert_own(lab: Lab, other: Lab) -> None:
    """Assert that the lab has no secret of the other one."""
    assert cluster_keys(lab)
    assert not cluster_keys(lab) & cluster_keys(other)
    assert not secrets(lab) & secrets(other)
    assert not mentioned(lab, secrets(other) | {str(other.vip), str(other.machines[0].address)})


@pytest.mark.quick
def test_a_warm_start_is_a_lab_of_its_own(
    run_: Run, labs_to_remove: list[str], cache: None, record_property: Record
) -> None:
    names = [run_.lab_name("warm-first"), run_.lab_name("warm-second")]
    labs_to_remove += names
    assert "kept for warm starts" in _up(names[0])
    began = time.monotonic()
    assert SAYS in _up(names[1])
    took = time.monotonic() - began
    verdict = labgen("verify", names[1], check=False)
    assert verdict.exit_code == 0, verdict.stdout
    first, second = map(store.load, names)
    assert_healthy(first)
    _assert_own(second, first)
    assert "nothing changed" in _up(names[1])
    plan = json.loads(labgen("plan", "single", "--name", names[1], *OWN, "-o", "json").stdout)
    assert (plan["steps"], plan["origin"]) == ([], None)
    record_property("warm start of one machine", f"{took:.1f} s")
    assert took < LIMIT
    labgen("down", names[1])
    assert leaks(second) == []
    assert_healthy(first)


def test_warm_starts_share_nothing_whatever_happens_to_them(
    run_: Run, labs_to_remove: list[str], cache: None
) -> None:
    """Two at once, one of which is killed and begun again; the first lab is gone by then."""
    first, killed, other = (run_.lab_name(f"warm-{it}") for it in ("gone", "killed", "other"))
    labs_to_remove += [first, killed, other]
    _up(first)
    labgen("down", first)
    with begun("up", "single", "--name", killed, *OWN, warm=True) as up:
        await_step(killed, "relocate machines")
        os.killpg(up.pid, signal.SIGKILL)
        up.wait(timeout=30)
    assert store.is_pending(store.load(killed))
    assert labgen("status", killed, check=False).exit_code == 1
    said = gather({name: partial(_up, name) for name in (killed, other)})
    assert "warm start: machines are made from a copy of an earlier lab" in said[killed]
    assert SAYS in said[other]
    labs = [store.load(name) for name in (killed, other)]
    for lab in labs:
        assert labgen("verify", lab.name, check=False).exit_code == 0
    _assert_own(*labs)
    gather({lab.name: partial(labgen, "down", lab.name) for lab in labs})
    assert [leaks(lab) for lab in labs] == [[], []]


def test_a_damaged_entry_is_no_obstacle(run_: Run, labs_to_remove: list[str], cache: None) -> None:
    name = run_.lab_name("warm-damaged")
    labs_to_remove.append(name)
    before = warm_entries.keys()
    _up(name)
    (key,) = warm_entries.keys() - before
    labgen("down", name)
    _damage(key)
    said = _up(name)
    assert "note: no warm start" in said
    assert "kept for warm starts" in said
    assert_healthy(store.load(name))


def _damage(key: str) -> None:
    archive = warm_cache.place() / key / "master1.root.tar.zst"
    content = archive.read_bytes()
    archive.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
