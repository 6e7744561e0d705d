"""The provider contract (labgen/providers/base.py), tested on each kind of machines.

There is one lab of two machines for each kind. The tests are in the order that takes the least
time, and each also works alone.
"""

import json
import shutil
import time
from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import pairwise
from pathlib import Path

import pytest

from labgen.errors import HostUnfit, UsageError
from labgen.lab import allocation, ownership, store
from labgen.lab.lab import Lab
from labgen.operations.down import leaked_resources
from labgen.providers.base import BEFORE, Power, State
from labgen.providers.optional import checkpoints_of
from labgen.scenario import catalog
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.load import load
from labgen.system import paths
from tests.e2e.provider_contract.operator import (
    LEADS_TO,
    SWITCHED,
    all_answer,
    answering,
    answers,
    bring,
    goes_back,
    killed,
    refused,
    states,
)
from tests.e2e.provider_contract.subject import Site, Subject
from tests.e2e.provider_contract.table import KINDS
from tests.e2e.support.leak_check import leaks, packet_filter
from tests.e2e.support.observations import seen
from tests.e2e.support.program import labgen
from tests.e2e.support.runs import Run
from tests.e2e.support.virtual import UP

SUBNET = IPv4Network("10.89.99.0/24")  # of a lab that is none


@pytest.fixture(scope="module", params=KINDS, ids=[kind.title for kind in KINDS])
def kind(request: pytest.FixtureRequest) -> Subject:
    found: Subject = request.param
    return found


@pytest.fixture(scope="module")
def site(kind: Subject, request: pytest.FixtureRequest) -> Iterator[Site]:
    with kind.site(request) as found:
        yield found


@pytest.fixture(scope="module")
def packet_filter_before(site: Site) -> str:
    """Return the packet filter as it was before a lab of the site was created."""
    return packet_filter()


@pytest.fixture(scope="module")
def up(kind: Subject, site: Site, packet_filter_before: str, run_: Run) -> Iterator[list[str]]:
    """Yield the labgen command that creates the lab. The lab is removed at the end."""
    name = run_.lab_name(f"contract-{kind.title}")
    words = ["--name", name, *site.words, "--until", "machines"]
    yield ["up", "single", *words]
    if name in store.names():
        labgen("down", name, timeout=UP)


@pytest.fixture
def made(up: list[str]) -> Lab:
    """Return the lab, whatever state its machines are in."""
    if _name(up) not in store.names():
        labgen(*up, timeout=UP)
    return store.load(_name(up))


@pytest.fixture
def lab(made: Lab, up: list[str], site: Site) -> Lab:
    """Return the lab, with all machines on."""
    if states(site, made) != {State.ON}:
        labgen(*up, timeout=UP)
    return made


@pytest.fixture
def on_paper(up: list[str], kind: Subject) -> Lab:
    """Return the lab's facts after it was removed."""
    if _name(up) in store.names():
        labgen("down", _name(up), timeout=UP)
    overrides = [word for option, word in pairwise(up) if option == "-s"]
    scenario = load(catalog.find("single"), overrides=overrides, host_environment=HostEnvironment())
    subnet = scenario.network.subnet or SUBNET
    return allocation.settle(scenario, _name(up), kind.name, subnet=subnet, router_id=7)


def test_a_host_without_programs_is_told_of_each_and_nothing_is_made(
    kind: Subject, up: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ip").symlink_to(str(shutil.which("ip")))  # without it, nothing is inspected
    monkeypatch.setenv("PATH", str(tmp_path))
    said = labgen(*up, check=False)
    assert said.exit_code == 3
    first, *findings = said.stderr.splitlines()
    assert first == f"error: this host cannot run labs of provider {kind.name}:"
    assert [line for line in findings if "ssh is not installed; " in line]
    assert len(findings) > 1
    assert _name(up) not in store.names()


def test_create_completes_what_was_killed_in_the_middle_and_torn(
    kind: Subject, site: Site, up: list[str]
) -> None:
    def machines_are_there() -> bool:
        name = _name(up)
        return name in store.names() and states(site, store.load(name)) == {State.ON}

    killed(up, machines_are_there, "the machines")
    if site.tear:
        site.tear(store.load(_name(up)))
    said = labgen(*up, timeout=UP).stderr
    assert "1 changed" in said or not site.tear
    lab = store.load(_name(up))
    assert states(site, lab) == {State.ON}
    all_answer(lab, kind)


def test_create_again_changes_nothing(site: Site, lab: Lab, up: list[str]) -> None:
    assert "nothing changed" in labgen(*up, timeout=UP).stderr
    assert site.provider.create(lab) is False


def test_machines_are_all_there_and_gc_names_all_that_was_made(
    kind: Subject, site: Site, lab: Lab
) -> None:
    assert site.provider.machines(lab) == {machine.name: State.ON for machine in lab.machines}
    listed = labgen("list", quiet=True).stdout.splitlines()
    assert any(line.startswith(lab.name) and "2/2" in line for line in listed)
    made = site.seen(lab)
    left = " ".join(leaked_resources(lab, site.provider))
    assert len(made) >= (len(lab.machines) if kind.made else 1)
    assert [name for name in made if name not in left] == []


def test_gc_names_all_that_was_made_as_soon_as_the_lab_is_gone(site: Site, lab: Lab) -> None:
    made = site.seen(lab)
    assert labgen("gc", lab.name).stdout == ""
    hidden = paths.state() / f"hidden-{lab.name}"
    lab.directory.rename(hidden)
    (hidden / "lab.json").rename(hidden / "hidden")  # or it would be a lab that was moved
    try:
        left = labgen("gc", lab.name, check=False)
    finally:
        (hidden / "hidden").rename(hidden / "lab.json")
        hidden.rename(lab.directory)
    assert left.exit_code == 1
    assert [name for name in made if name not in left.stdout] == []
    assert f"of lab {lab.name} at {lab.directory}, which no longer exists" in left.stdout
    assert site.seen(lab) == made


def test_a_lab_is_the_same_by_another_path_to_the_state(
    site: Site, lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = leaked_resources(lab, site.provider)
    (tmp_path / "link").symlink_to(paths.state().parent)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "link"))
    assert store.load(lab.name).id == lab.id
    assert site.provider.machines(store.load(lab.name)) == dict.fromkeys(
        (machine.name for machine in lab.machines), State.ON
    )
    assert leaked_resources(store.load(lab.name), site.provider) == known
    assert labgen("gc", lab.name).stdout == ""


def test_checkpoints_go_back_to_what_was_saved_or_are_refused_in_words(
    kind: Subject, site: Site, lab: Lab
) -> None:
    if not kind.checkpoints:
        said = labgen("checkpoint", "save", lab.name, "before", check=False)
        assert said.exit_code == 1
        assert "cannot be saved" in said.stderr
        assert json.loads(labgen("checkpoint", "list", lab.name, "-o", "json").stdout) == []
        return
    goes_back(site, lab, kind)
    able = checkpoints_of(site.provider, lab)
    assert able.checkpoints(lab) == []
    able.delete_checkpoint(lab, "before")
    with pytest.raises(UsageError, match="has no checkpoint before"):
        able.restore_checkpoint(lab, "before")


def test_power_returns_the_moment_at_which_the_plug_was_out(
    kind: Subject, site: Site, lab: Lab
) -> None:
    machine = lab.machines[-1]
    if Power.OFF not in kind.actions:
        refused(site, lab, Power.OFF)
        return
    with answering(machine) as answers:
        seen(lambda: bool(answers), f"{machine.name} answering", within=kind.answers)
        begin = time.monotonic()
        moment = site.provider.power(lab, [machine], Power.OFF)
        end = time.monotonic()
    assert begin <= moment <= end
    assert moment - kind.notices < answers[-1] < moment + kind.notices


@pytest.mark.parametrize(
    ("before", "action"), SWITCHED, ids=[f"{before}-{action}" for before, action in SWITCHED]
)
def test_power_does_what_it_says_from_every_state(
    kind: Subject, site: Site, made: Lab, before: State, action: Power
) -> None:
    other, machine = made.machines
    needed = {action, *([Power.PAUSE] if before is State.PAUSED else [Power.OFF, Power.ON])}
    if unsupported_reason := needed - kind.actions:
        for missing in unsupported_reason:
            refused(site, made, missing)
        return
    bring(site, made, other, State.ON)
    bring(site, made, machine, before)
    if action is Power.SHUTDOWN and before is State.ON:
        answers(made, machine, kind)  # it must hear that it is asked
    site.provider.power(made, [machine], action)
    after = LEADS_TO[action] if before in BEFORE[action] else before
    assert site.provider.machines(made) == {other.name: State.ON, machine.name: after}
    if before is State.OFF and action is Power.ON:
        answers(made, machine, kind)


def test_power_that_was_killed_is_completed_by_the_next(
    kind: Subject, site: Site, made: Lab
) -> None:
    if Power.OFF not in kind.actions:
        said = labgen("stop", made.name, "--now", check=False)
        assert said.exit_code == HostUnfit.exit_code
        assert [m.name for m in made.machines if m.name not in said.stderr] == []
        return
    for machine in made.machines:
        bring(site, made, machine, State.ON)
    killed(["stop", made.name, "--now"], lambda: State.OFF in states(site, made), "a cut")
    labgen("stop", made.name, "--now")
    assert states(site, made) == {State.OFF}


def test_create_switches_on_what_is_off_and_resumes_what_is_paused(
    kind: Subject, site: Site, made: Lab, up: list[str]
) -> None:
    stopped = [State.OFF] if Power.OFF in kind.actions else []
    stopped += [State.PAUSED] if Power.PAUSE in kind.actions else []
    for machine, state in zip(made.machines, stopped, strict=False):
        bring(site, made, machine, state)
    said = labgen(*up, timeout=UP).stderr
    assert "1 changed" in said or not stopped
    assert states(site, made) == {State.ON}


def test_down_that_was_killed_in_a_torn_lab_leaves_nothing_the_second_time(
    kind: Subject, site: Site, lab: Lab, packet_filter_before: str
) -> None:
    def goes() -> bool:
        return State.ON not in states(site, lab) if kind.made else not site.seen(lab)

    assert site.seen(lab)
    assert leaks(lab)
    if site.tear:
        site.tear(lab)
    killed(["down", lab.name], goes, "what was made going")
    if lab.name in store.names():
        labgen("down", lab.name, timeout=UP)
    assert site.seen(lab) == []
    assert leaks(lab) == []
    assert leaked_resources(lab, site.provider) == []
    if kind.name != "libvirt":  # libvirtd has chains of its own, for as long as it runs
        assert packet_filter() == packet_filter_before
    assert lab.name not in store.names()


def test_whatever_is_left_alone_is_found_and_removed(site: Site, on_paper: Lab) -> None:
    lab = on_paper
    found = {}
    for what, leave in site.residues.items():
        leave(lab)
        left = leaked_resources(lab, site.provider)
        site.provider.destroy(lab)
        found[what] = (bool(left), leaked_resources(lab, site.provider), site.seen(lab))
    assert found == dict.fromkeys(site.residues, (True, [], []))


def test_orphans_of_a_lab_that_is_gone_are_removed_on_request(site: Site, on_paper: Lab) -> None:
    lab = on_paper
    ownership.claim(lab, uri=site.uri)
    for leave in site.residues.values():
        leave(lab)
    named = labgen("gc", lab.name, check=False)
    assert named.exit_code == 1
    assert site.seen(lab)
    removed = labgen("gc", "--remove", lab.name).stdout.splitlines()
    _headings, *listed = named.stdout.splitlines()
    assert len(removed) == len(listed) >= len(site.residues)
    assert site.seen(lab) == []
    assert leaks(lab) == []
    assert "no orphaned resources" in labgen("gc", lab.name).stderr


def test_a_lab_that_is_not_there_is_absent_and_nothing_fails(
    kind: Subject, site: Site, on_paper: Lab
) -> None:
    lab = on_paper
    site.provider.destroy(lab)
    without_it = {State.ABSENT if kind.made else State.ON}
    assert states(site, lab) == without_it
    assert leaked_resources(lab, site.provider) == []
    for action in kind.actions if kind.made else ():
        site.provider.power(lab, lab.machines, action)
    assert states(site, lab) == without_it
    assert site.seen(lab) == []


def _name(up: list[str]) -> str:
    return up[up.index("--name") + 1]
