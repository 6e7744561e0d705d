"""A lab that is built from scratch is kept, and the next one of its scenario is made from it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from labgen.bundle.store import Digests
from labgen.console import Console
from labgen.errors import HostUnfit, LabgenError, UsageError
from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.machine.finding import Finding
from labgen.operations import cache
from labgen.providers import registry
from labgen.providers.base import State
from labgen.providers.container.provider import ContainerProvider
from labgen.providers.optional import CheckpointUnusable, SavedLab
from labgen.render.files import File
from labgen.scenario.model import Scenario
from labgen.system import files, host
from labgen.system.locks import locked
from labgen.up import bring_up as bring_up_module
from labgen.up import check, dry_run, plan_from_checkpoint, start, warm_cache
from labgen.up import context as context_module
from labgen.up import source as source_module
from labgen.up.bring_up import bring_up
from labgen.up.graph import Outcome, Step
from labgen.up.source import find_source
from labgen.up.steps import machines_from_checkpoint
from tests.unit.lab.samples import made, scenario

BUNDLE = Digests("v1.37.2-amd64", "1a", "2b")


class Machines(ContainerProvider):
    """A provider whose machines are a list of what was done; checkpoints are files."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.failing: dict[str, Exception] = {}
        self.saved: dict[str, Path] = {}
        self.bundle: Digests | None = BUNDLE
        self.verified = 0

    def check(self, scenario: Scenario, lab: Lab | None = None) -> Sequence[Finding]:
        return ()

    def demand(self, *_: Any) -> Any:
        return None

    def machines(self, lab: Lab) -> Mapping[str, State]:
        return dict.fromkeys((machine.name for machine in lab.machines), State.ON)

    def destroy(self, lab: Lab) -> None:
        self._do("destroy")

    def find_saved(self, reference: str) -> tuple[str, Path]:
        if reference not in self.saved:
            raise UsageError(f"there is no checkpoint {reference}")
        return reference, self.saved[reference]

    def describe_saved(self, path: Path) -> SavedLab:
        try:
            told = json.loads((path / "lab").read_bytes())
        except (OSError, ValueError) as error:
            raise CheckpointUnusable(f"no checkpoint at {path.name}") from error
        return SavedLab(path, store.parse(told), datetime.now(UTC), 7 << 20, self.bundle)

    def read_saved(self, path: Path) -> SavedLab:
        self.verified += 1
        return self.describe_saved(path)

    def save_at(self, lab: Lab, path: Path) -> SavedLab:
        self._do("save")
        files.write(path / "lab", json.dumps(store.as_json(lab)))
        return self.read_saved(path)

    def unpack_machines(self, lab: Lab, path: Path) -> None:
        self._do("unpack")

    def relocate_machines(
        self,
        lab: Lab,
        saved: Lab,
        payloads: Mapping[str, Mapping[str, File]],
        *,
        same_certificates: bool,
    ) -> None:
        self._do("relocate")

    def switch_on_machines(self, lab: Lab) -> None:
        self._do("switch on")

    def _do(self, what: str) -> None:
        if error := self.failing.pop(what, None):
            raise error
        self.done.append(what)


class Said(Console):
    """A console that keeps what was said."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def say(self, text: str, colour: str = "") -> None:
        self.lines.append(text.strip())

    def tells(self, part: str) -> bool:
        return any(part in line for line in self.lines)


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Machines:
    found = Machines()

    def nothing(name: str) -> Callable[..., Outcome]:
        def work(*_: object) -> Outcome:
            return Outcome.OK

        work.__name__ = name
        return work

    def build() -> Outcome:
        found.done.append("build")
        return Outcome.CHANGED

    bundle = SimpleNamespace(
        require=lambda _: None, digests=lambda _: BUNDLE, runtime_digests=lambda *_: {}
    )
    for module in (registry, cache, dry_run, check, source_module):
        monkeypatch.setattr(module, "provider", lambda _name, _uri=None: found)
    monkeypatch.setattr(bring_up_module, "bundles", bundle)
    monkeypatch.setattr(warm_cache, "bundles", bundle)
    monkeypatch.setattr(context_module, "require", bundle.require)
    monkeypatch.setattr(machines_from_checkpoint, "sent_files", lambda *_: {})
    monkeypatch.setattr(
        start, "plan", lambda _: [Step("create machines", build, phase="create machines")]
    )
    for name in ("fetch_credentials", "merge_kubeconfig", "await_ready"):
        monkeypatch.setattr(plan_from_checkpoint, name, nothing(name))
    return found


def _up(said: Said, name: str = "demo", wanted: str = "single", **options: Any) -> Lab:
    return bring_up(scenario(wanted), name, said, **options)


CLONED = ["unpack", "relocate", "switch on"]


def test_the_second_lab_of_a_scenario_is_made_from_the_first(
    machines: Machines, said: Said
) -> None:
    first, second = _up(said, "first"), _up(said, "second")
    assert machines.done == ["build", "save", *CLONED]
    assert (first.origin, second.origin and second.origin.words) == (None, "")
    assert not second.subnet.overlaps(first.subnet)
    assert said.tells("kept for warm starts of this scenario: 7.0 MiB")
    assert said.tells("warm start: machines are made from a copy of lab first; --cold")
    _up(said, "second")  # an ordinary lab by now
    assert machines.done == ["build", "save", *CLONED, "build"]


def test_a_warm_start_verifies_its_checkpoint_once(machines: Machines, said: Said) -> None:
    _up(said, "first")
    machines.verified = 0
    _up(said, "second")
    assert machines.verified == 1


@pytest.mark.parametrize(
    ("bundle", "expected"),
    [
        (replace(BUNDLE, machine="3c"), "bundle v1.37.2-amd64 was built again since"),
        (None, "bundle v1.37.2-amd64 was built again since"),
        (BUNDLE, "labgen or this host has changed since"),
    ],
)
def test_a_checkpoint_that_no_lab_is_made_from_any_more_is_told(
    machines: Machines,
    said: Said,
    monkeypatch: pytest.MonkeyPatch,
    bundle: Digests | None,
    expected: str,
) -> None:
    _up(said)
    (entry,) = cache.entries()
    assert (entry.obsolete, entry.size) == ("", 7 << 20)
    machines.bundle = bundle
    monkeypatch.setattr(warm_cache, "_sources", lambda: {"run.sh": "edited"})
    (entry,) = cache.entries()
    assert (entry.obsolete, entry.size, entry.lab and entry.lab.name) == (expected, 7 << 20, "demo")


def test_the_same_lab_again_is_made_from_its_own_checkpoint(machines: Machines, said: Said) -> None:
    store.remove(_up(said))
    _up(said)
    assert machines.done == ["build", "save", *CLONED]


@pytest.mark.parametrize("options", [{"cold": True}, {"stage": "machines"}])
def test_a_cold_start_neither_uses_nor_keeps_a_checkpoint(
    machines: Machines, said: Said, options: dict[str, Any]
) -> None:
    _up(said, "first", **options)
    _up(said, "second")
    _up(said, "third", **options)
    assert machines.done == ["build", "build", "save", "build"]


def test_a_lab_that_was_resumed_is_not_kept(machines: Machines, said: Said) -> None:
    made("single", "demo")
    _up(said)
    assert machines.done == ["build"]


def test_what_a_killed_save_left_is_removed(machines: Machines, said: Said) -> None:
    key = warm_cache.key(scenario("single"), machines)
    part, old = warm_cache.place() / f".{key}.part", warm_cache.place() / ".1a2b.old"
    for path in (part, old):
        path.mkdir(parents=True)
    assert cache.entries() == []
    _up(said)
    assert [it.key for it in cache.entries()] == [key]
    assert not part.exists()
    assert not old.exists()
    part.mkdir()
    assert cache.clear() == [key]
    assert not part.exists()


def test_a_checkpoint_that_is_being_saved_is_not_swept(machines: Machines) -> None:
    part = warm_cache.place() / ".1a2b.part"
    part.mkdir(parents=True)
    with locked(warm_cache.place() / ".lock", timeout=0):
        assert cache.clear() == []
    assert part.exists()


def test_two_processes_may_drop_the_same_checkpoint(
    machines: Machines, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    _up(said, "first")
    (entry,) = cache.entries()
    rename, renamed = Path.rename, list[Path]()

    def slower(path: Path, target: Path) -> Path:
        renamed.append(path)
        if len(renamed) == 1:
            warm_cache.drop(path)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", slower)
    warm_cache.drop(entry.path)
    assert renamed == [entry.path] * 2
    assert [it for it in warm_cache.place().iterdir() if it.is_dir()] == []


def test_what_was_saved_and_cannot_be_used_is_not_kept(
    machines: Machines, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as other:
        other.setattr(machines, "read_saved", _unfit)
        store.remove(_up(said))
    assert said.tells("not kept for warm starts: it needs another bundle")
    _up(said)
    assert machines.done == ["build", "save", "build", "save"]


def _unfit(_: Path) -> SavedLab:
    raise HostUnfit("it needs another bundle")


def test_a_lab_comes_up_although_it_cannot_be_kept(machines: Machines, said: Said) -> None:
    for error in (LabgenError("no room"), OSError(28, "No space left on device")):
        machines.failing["save"] = error
        store.remove(_up(said))
    assert said.tells("note: not kept for warm starts: no room")
    assert said.tells("note: not kept for warm starts: No space left on device")


def test_a_damaged_checkpoint_is_removed_and_the_lab_built_from_scratch(
    machines: Machines, said: Said
) -> None:
    _up(said, "first")
    (entry,) = cache.entries()
    (entry.path / "lab").write_text("{")
    assert [(it.lab, it.size, it.obsolete) for it in cache.entries()] == [
        (None, 1, "it cannot be read")
    ]
    _up(said, "second")
    assert machines.done == ["build", "save", "build", "save"]
    assert said.tells("note: no warm start: no checkpoint at")


@pytest.mark.parametrize("step", ["unpack", "relocate"])
def test_a_warm_start_that_fails_is_no_obstacle(machines: Machines, said: Said, step: str) -> None:
    _up(said, "first")
    machines.failing[step] = CheckpointUnusable("it is damaged")
    second = _up(said, "second")
    assert machines.done[-3:] == ["destroy", "build", "save"]
    assert (second.origin, store.load("second").origin) == (None, None)
    assert said.tells("note: no warm start: it is damaged; building from scratch")


def test_a_bundle_that_was_built_again_is_no_obstacle(machines: Machines, said: Said) -> None:
    _up(said, "first")
    machines.failing["unpack"] = HostUnfit("it needs another bundle")
    assert _up(said, "second").origin is None
    assert machines.done == ["build", "save", "destroy", "build"]
    assert len(cache.entries()) == 1


def test_a_host_that_is_unfit_later_is_no_reason_to_destroy_a_lab(
    machines: Machines, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch_credentials(*_: object) -> Outcome:
        raise HostUnfit("no route")

    _up(said, "first")
    monkeypatch.setattr(plan_from_checkpoint, "fetch_credentials", fetch_credentials)
    with pytest.raises(HostUnfit, match="no route"):
        _up(said, "second")
    assert machines.done == ["build", "save", *CLONED]


def test_an_interrupted_warm_start_begins_again_with_its_checkpoint(
    machines: Machines, said: Said
) -> None:
    _up(said, "first")
    machines.failing["switch on"] = LabgenError("podman failed")
    with pytest.raises(LabgenError) as failed:
        _up(said, "second")
    assert failed.value.hint == "to resume: labgen up single --name second"
    preview = dry_run.preview(scenario("single"), "second")
    assert (preview.origin, preview.steps[0].name) == ("cache", "unpack machines")
    _up(said, "second")
    assert machines.done == ["build", "save", "unpack", "relocate", *CLONED]
    preview = dry_run.preview(scenario("single"), "second")
    assert (preview.origin, preview.steps) == ("", [])


def test_an_interrupted_warm_start_is_given_up_for_a_cold_one(
    machines: Machines, said: Said
) -> None:
    _up(said, "first")
    machines.failing["switch on"] = LabgenError("podman failed")
    with pytest.raises(LabgenError):
        _up(said, "second")
    assert dry_run.preview(scenario("single"), "second", cold=True).origin == ""
    _up(said, "second", cold=True)
    assert machines.done[-2:] == ["destroy", "build"]
    assert len(cache.entries()) == 1


def test_a_plan_tells_a_warm_start_from_a_cold_one(machines: Machines, said: Said) -> None:
    assert dry_run.preview(scenario("single"), "demo").origin == ""
    _up(said, "first")
    assert dry_run.preview(scenario("single"), "demo").origin == "cache"
    for options in ({"cold": True}, {"stage": "machines"}):
        assert dry_run.preview(scenario("single"), "demo", **options).origin == ""


def test_what_goes_into_a_lab_decides_about_its_key(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = scenario("ha-3x3")
    key = warm_cache.key(plain, machines)
    elsewhere = replace(plain, source=Path("/x.yaml"), description="other", name="other")
    for same in (elsewhere, scenario("ha-3x3", "network.subnet=10.90.4.0/24")):
        assert warm_cache.key(same, machines) == key
    others = [
        "network.subnet=10.90.4.0/25",
        "network.vip=10.89.3.99",
        "kubernetes.cni.backend=host-gw",
        "machines[1].count=2",
    ]
    subnet = ("network.subnet=10.89.3.0/24",)
    keys = {
        warm_cache.key(scenario("ha-3x3", *(subnet if "vip" in it else ()), it), machines)
        for it in others
    }
    assert len(keys - {key}) == len(others)
    runtime = {"runtimes/docker.tar.zst": "5e"}  # built again, with other packages
    with monkeypatch.context() as other:
        told = SimpleNamespace(
            require=lambda _: None, digests=lambda _: BUNDLE, runtime_digests=lambda *_: runtime
        )
        other.setattr(warm_cache, "bundles", told)
        assert warm_cache.key(plain, machines) != key
    monkeypatch.setattr(warm_cache, "_sources", lambda: {"provisioners/run.sh": "changed"})
    assert warm_cache.key(plain, machines) != key


def test_a_lab_is_not_kept_as_what_it_was_not_built_from(
    machines: Machines, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = iter(["before", "before"])
    monkeypatch.setattr(warm_cache, "_sources", lambda: {"run.sh": next(sources, "edited")})
    _up(said)
    assert machines.done == ["build"]
    assert said.tells("not kept for warm starts: what labs are built from was changed while")
    assert cache.entries() == []


def test_how_this_host_adapts_machines_is_part_of_the_key(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = warm_cache.key(scenario("single"), machines)
    facts = replace(host.probe(), kernel_modules=None)
    with_modules = replace(facts, kernel_modules=Path("/lib/modules"))
    keys = set()
    for found in (facts, with_modules):
        monkeypatch.setattr(machines, "_facts", found)
        keys.add(warm_cache.key(scenario("single"), machines))
    assert len(keys) == 2
    assert key in keys


def test_the_least_recently_used_entries_go(machines: Machines, said: Said) -> None:
    sizes = [f"network.firstHost={number}" for number in (10, 20, 30, 40)]
    for number, override in enumerate(sizes):
        bring_up(scenario("single", override), f"lab{number}", said)
        if number == 2:
            bring_up(scenario("single", sizes[0]), "again", said)
    labs = {it.lab.name for it in cache.entries() if it.lab}
    assert labs == {"lab0", "lab2", "lab3"}
    with pytest.raises(UsageError, match="the cache has no 1234"):
        cache.clear(["1234"])
    key = cache.entries()[0].key
    assert cache.clear([key]) == [key]
    assert len(cache.clear()) == 2
    assert cache.entries() == []


def test_a_lab_is_made_from_a_checkpoint_that_is_named(
    machines: Machines, said: Said, tmp_path: Path
) -> None:
    first = _up(said, "first", cold=True)
    machines.saved["first/good"] = tmp_path / "good"
    machines.save_at(first, tmp_path / "good")
    source = find_source("first/good", "clone", same_certificates=False)
    clone = bring_up(source.scenario, source.name, said, template=source.template)
    assert machines.done == ["build", "save", *CLONED]
    assert clone.origin
    assert (clone.origin.words, clone.scenario) == ("first/good", first.scenario)
    assert said.tells("machines are made from checkpoint first/good")
    again = find_source("first/good", "clone", same_certificates=False)
    bring_up(again.scenario, again.name, said, template=again.template)
    assert machines.done[-1] == "build"  # the ordinary plan
    for name, same in (("clone", True), ("first", False), (None, False)):
        with pytest.raises(UsageError, match="exists, and was made from"):
            find_source("first/good", name, same_certificates=same)
    with pytest.raises(UsageError, match="there is no checkpoint bad, and no file bad"):
        find_source("bad", "other", same_certificates=False)


def test_a_checkpoint_that_is_gone_is_only_needed_until_all_machines_are_made(
    machines: Machines, said: Said, tmp_path: Path
) -> None:
    first = _up(said, "first", cold=True)
    machines.saved["first/good"] = tmp_path / "good"
    machines.save_at(first, tmp_path / "good")
    machines.failing["unpack"] = CheckpointUnusable("it is damaged")
    source = find_source("first/good", "clone", same_certificates=False)
    with pytest.raises(CheckpointUnusable):
        bring_up(source.scenario, source.name, said, template=source.template)
    assert store.is_pending(store.load("clone"))
    del machines.saved["first/good"]
    with pytest.raises(UsageError, match="there is no checkpoint first/good"):
        find_source("first/good", "clone", same_certificates=False)
    bring_up(first.scenario, "clone", said)
    assert find_source("first/good", "clone", same_certificates=False).template is None


def test_lab_whose_checkpoint_was_dropped_meanwhile_is_up_all_the_same(tmp_path: Path) -> None:
    warm_cache.touch(tmp_path / "dropped")
