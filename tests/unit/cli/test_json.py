"""`-o json`: every command that prints a table has it, and prints what the reference documents."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from pydantic import TypeAdapter

from labgen import faults
from labgen.bundle import commands as bundles
from labgen.bundle.commands import BundleReport, PartReport
from labgen.bundle.engine.state import State as PartState
from labgen.bundle.store import Digests
from labgen.classes import forecast
from labgen.classes import store as classes
from labgen.classes.model import Class
from labgen.cli.entry import cli
from labgen.cli.output import OutputOption, Shape
from labgen.cluster.etcd import EtcdMember
from labgen.cluster.health import Problem
from labgen.cluster.nodes import Node
from labgen.cluster.pods import Pod
from labgen.exercises import progress
from labgen.exercises.progress import Phase, Progress
from labgen.faults.records import Injection
from labgen.lab import store
from labgen.lab.ownership import Owner
from labgen.operations import bench, cache, checkpoint_listing, checkpoints, compare, gc, verify
from labgen.operations import exercise as exercise_operations
from labgen.operations.bench import Case, Run
from labgen.operations.checkpoint_listing import Listed
from labgen.operations.exercise import Standing
from labgen.operations.host_resources import Listing
from labgen.operations.status import Status
from labgen.operations.verdict import Outcome, Verdict
from labgen.providers.base import State
from labgen.providers.optional import Checkpoint
from labgen.providers.resource import Resource
from labgen.recordings import recording
from labgen.up.warm_cache import Entry
from tests.unit.cli.calling import labgen
from tests.unit.exercises.samples import sample, write
from tests.unit.lab.samples import lab, made
from tests.unit.report.samples import partition
from tests.unit.system.stubs import stub
from tools.reference.commands import walk

FINDING = {
    "gc",
    "class status room",
    "status demo",
    "checkpoint show demo after",
}  # exit code 1: something was found
LONG_AGO = "2026-11-30T10:00:00+00:00"


def _standing(monkeypatch: pytest.MonkeyPatch) -> Standing:
    """Break the lab demo, as far as its directory knows, and repair it."""
    exercise = sample(Path.cwd())
    done = {0: True, 1: True}
    found = Progress("sample", exercise.directory, Phase.RUNNING, "master1", began=1000.0)
    found = replace(found, finished=1061.0, hints=1, checks=2, resets=1, done=done)
    progress.write(store.load("demo"), found)
    standing = Standing(exercise, found)
    monkeypatch.setattr(exercise_operations, "check", lambda *_: standing)
    return standing


def _exercises(monkeypatch: pytest.MonkeyPatch) -> Any:
    write(Path("exercises"), "sample")
    write(Path("exercises"), "worse", more="minutes: 0\n")
    monkeypatch.setattr("labgen.exercises.catalog.names", lambda: ["sample", "worse"])
    shown = {"title": "Two holders", "level": "beginner", "minutes": 15}
    shown |= {"needs": "1 control plane", "points": 100}
    bad = dict.fromkeys(shown)
    return [
        {"name": "sample", "valid": True, **shown},
        {"name": "worse", "valid": False, **bad},
    ]


def _exercise(_: pytest.MonkeyPatch) -> Any:
    write(Path("exercises"), "sample")
    shown = {"name": "sample", "title": "Two holders", "level": "beginner", "minutes": 15}
    shown |= {"needs": "1 control plane", "scenario": "ha-3x3", "points": 100}
    objectives = [
        {"text": "One machine holds the VIP.", "points": 80},
        {"text": "keepalived runs.", "points": 20},
    ]
    return {**shown, "task": "Find out why.", "objectives": objectives, "hints": [30, 90]}


def _exercise_result(monkeypatch: pytest.MonkeyPatch) -> Any:
    _standing(monkeypatch)
    objectives = [
        {"text": "One machine holds the VIP.", "points": 80, "done": True},
        {"text": "keepalived runs.", "points": 20, "done": True},
    ]
    shown = {"exercise": "sample", "phase": "running", "finished": True, "objectives": objectives}
    shown |= {"points": 70, "most": 100, "seconds": 61.0, "hints": ["Look at its journal."]}
    return {**shown, "checks": 2, "resets": 1, "solved": False}


def _exercise_hint(monkeypatch: pytest.MonkeyPatch) -> Any:
    _standing(monkeypatch)
    return {"text": "Look again.", "price": 90}


def _list(_: pytest.MonkeyPatch) -> Any:
    server = "https://10.89.0.244:8443"
    shown = {"name": "demo", "scenario": "single", "provider": "container", "server": server}
    return [{**shown, "machines": 1, "on": 0, "healthy": False, "problems": ANY_LIST}]


def _check(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("labgen.up.check.ensure_fit", lambda provider, *_, **__: provider)
    shown = {"scenario": "single", "lab": "demo", "possible": True, "provider": "container"}
    note = "this host is overloaded"
    monkeypatch.setattr("labgen.system.pressure.overload", lambda: note)
    return {**shown, "reason": "", "note": note, "problem": None, "forecast": ANY_DICT}


def _plan(_: pytest.MonkeyPatch) -> Any:
    names = ["create machines", "prepare master1", "init control plane master1"]
    names += ["install CNI master1", "merge kubeconfig", "await ready"]
    waits = [[], names[:1], names[1:2], names[2:3], names[2:3], names[3:4]]
    steps = [{"name": name, "after": after} for name, after in zip(names, waits, strict=True)]
    lab = {"lab": "single", "exists": False, "provider": "container", "subnet": "10.89.1.0/24"}
    lab |= {"vip": "10.89.1.244", "server": "https://10.89.1.244:8443"}
    return {**lab, "origin": None, "forecast": ANY_DICT, "steps": steps, "changes": {}}


def _cache(monkeypatch: pytest.MonkeyPatch) -> Any:
    used = datetime(2026, 11, 30, tzinfo=UTC)
    entries = [
        Entry(Path("/cache/warm/1a2b"), 7, used, lab("single")),
        Entry(Path("/cache/warm/3c4d"), 0, used, None, "it cannot be read"),
    ]
    monkeypatch.setattr(cache, "entries", lambda: entries)
    told = {"used": "2026-11-30T00:00:00+00:00", "scenario": None, "lab": None}
    known = {"key": "1a2b", "scenario": "single", "lab": "demo", "size": 7, "obsolete": None}
    return [{**told, **known}, {**told, "key": "3c4d", "size": 0, "obsolete": "it cannot be read"}]


def _scenarios(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("labgen.scenario.catalog.names", lambda: ["single"])
    return [{"name": "single", "description": ANY_TEXT, "valid": True}]


def _gc(monkeypatch: pytest.MonkeyPatch) -> Any:
    gone, uri = Owner.at(Path("/labs/dead")), "qemu:///system"
    found = (
        Resource("disks", "x", gone, lambda: None),
        Resource("pool", "y", None, lambda: None, place=uri),
    )
    monkeypatch.setattr(gc, "find", lambda *_: Listing(found, ("no answer",)))
    rest = {"removed": False, "error": None, "size": None}
    dead = {"kind": "disks", "name": "x", "lab": "/labs/dead", "place": "", "orphaned": True}
    kept = {"kind": "pool", "name": "y", "lab": None, "place": uri, "orphaned": False}
    owners = [{"owner": it.owner} for it in found]
    resources = [{**dead, **owners[0], **rest}, {**kept, **owners[1], **rest}]
    return {"resources": resources, "not_searched": ["no answer"]}


def _status(monkeypatch: pytest.MonkeyPatch) -> Any:
    seen = Status(
        machines={"master1": State.ON},
        nodes=(Node("master1", True, "", schedulable=False),),
        pods=(Pod("kube-system/x", "master1", {"app": "x"}, False, "Pending", "no room"),),
        holders=("master1",),
        etcd=(EtcdMember("master1", False, True, False, "NOSPACE", "10.89.0.2"),),
        api_servers={"master1": {"master1": "UP"}},
        problems=(Problem("etcd", "master1", "etcd member master1: NOSPACE"),),
        notes=("node master1 is cordoned",),
    )
    monkeypatch.setattr("labgen.cli.status.observe", lambda _: seen)
    monkeypatch.setattr(faults, "active", lambda _: [])
    node = {"name": "master1", "ready": True, "reason": "", "schedulable": False}
    pod = {"name": "kube-system/x", "node": "master1", "ready": False, "state": "Pending"}
    member = {"name": "master1", "healthy": False, "leader": True, "learner": False}
    problem = {"what": "etcd", "where": "master1", "message": "etcd member master1: NOSPACE"}
    return {
        "name": "demo",
        "machines": {"master1": "on"},
        "nodes": [{**node, "status": "Ready,SchedulingDisabled"}],
        "pods": [{**pod, "message": "no room"}],
        "holders": ["master1"],
        "etcd": [{**member, "message": "NOSPACE", "address": "10.89.0.2"}],
        "api_servers": {"master1": {"master1": "UP"}},
        "problems": [problem],
        "notes": ["node master1 is cordoned"],
        "faults": [],
    }


def _verify(monkeypatch: pytest.MonkeyPatch) -> Any:
    seen = Verdict(Outcome.PASSED, tests=7, passed=4, skipped=1)
    monkeypatch.setattr(
        verify, "_run", lambda what, _, tier, *__, **___: verify.Run(what, tier, seen)
    )
    counts = {"tests": 7, "passed": 4, "skipped": 1, "failed": [], "errors": []}
    known = {"outcome": "passed", "reason": "", "part": "5 of 7 tests"}
    return {"cluster": "lab demo", "tier": "smoke", **known, **counts}


def _faults(monkeypatch: pytest.MonkeyPatch) -> Any:
    found = faults.FAULTS["power-cut"]
    monkeypatch.setattr(faults, "FAULTS", {found.name: found})
    return [{"name": "power-cut", "target": found.target, "summary": found.summary}]


def _injections(monkeypatch: pytest.MonkeyPatch) -> Any:
    injection = Injection("1", "partition", ("master1",), LONG_AGO, 1.0)
    monkeypatch.setattr(faults, "active", lambda _: [injection])
    return [{"fault": "partition", "machines": ["master1"], "since": LONG_AGO, "heals_in": None}]


def _checkpoints(monkeypatch: pytest.MonkeyPatch) -> Any:
    saved = datetime(2026, 11, 30, 12, 0, 1, 500, tzinfo=UTC)
    bundle = Digests("v1-amd64", machine="1a2b", golden="3c4d")
    full = Checkpoint("after", saved, 1700000, {"master1": 1700000}, "before", bundle, "0.1.0")
    found = [
        Listed(store.load("demo"), "demo", kept, it)
        for kept, it in ((False, Checkpoint("before", saved)), (True, full))
    ]
    monkeypatch.setattr(checkpoint_listing, "of_lab", lambda _: found)
    monkeypatch.setattr(checkpoints, "inspect", lambda *_: (found[1], ["master1.root.tar.zst"]))
    known = {"lab": "demo", "saved": "2026-11-30T12:00:01+00:00", "age": ANY_NUMBER}
    known |= {"scenario": "single", "kubernetes": ANY_TEXT}
    unknown = dict.fromkeys(("size", "parent", "bundle", "machine_image", "version"))
    first = {"name": "before", **known, "kept": False, **unknown}
    image = {"bundle": "v1-amd64", "machine_image": "1a2b", "version": "0.1.0"}
    second = {"name": "after", **known, "kept": True, "size": 1700000, "parent": "before", **image}
    return [first, second]


def _checkpoint(monkeypatch: pytest.MonkeyPatch) -> Any:
    shown = _checkpoints(monkeypatch)[1]
    damaged = {"state": "damaged", "damaged": ["master1.root.tar.zst"]}
    return {**shown, "machines": {"master1": 1700000}, **damaged}


def _bundles(monkeypatch: pytest.MonkeyPatch) -> Any:
    parts = (
        PartReport("go", PartState.READY, 5, 1.5),
        PartReport("vm", PartState.MISSING, 0, None),
    )
    monkeypatch.setattr(bundles, "bundles", lambda: [BundleReport("v1", "/cache/v1", parts)])
    shown = [
        {"name": "go", "state": "ready", "size": 5, "seconds": 1.5},
        {"name": "vm", "state": "missing", "size": 0, "seconds": None},
    ]
    return [{"name": "v1", "directory": "/cache/v1", "parts": shown}]


def _measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(_lab: object, _case: Case, runs: int, *_: object) -> list[Run]:
        return [Run(partition(), ("test_cut",)) for _ in range(runs)]

    monkeypatch.setattr(bench, "measure", measure)
    monkeypatch.setattr(compare, "measure", measure)


def _bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    _measured(monkeypatch)
    figures = [
        {
            "metric": figure.metric,
            "client": figure.client,
            "unit": figure.unit,
            "values": [figure.value] * 2,
            "min": figure.value,
            "median": figure.value,
            "max": figure.value,
            "expected": figure.expected,
            "limit": figure.limit,
        }
        for figure in partition().figures
    ]
    return {"lab": "demo", "runs": 2, "figures": figures}


def _comparison(_: pytest.MonkeyPatch) -> Any:
    recording.write(partition(), Path("a.json"))
    return {"faults": ANY_LIST, "differs": [], "only_a": [], "only_b": []}


def _bench_comparison(monkeypatch: pytest.MonkeyPatch) -> Any:
    _measured(monkeypatch)
    return {**_comparison(monkeypatch), "failed": {"a": {"test_cut": 1}, "b": {"test_cut": 1}}}


def _class(_: pytest.MonkeyPatch) -> Class:
    """Create a class whose only lab is demo, of which the other seat is missing."""
    made("single", "room-a")
    found = Class("room", store.load("demo").scenario, ("a", "b"), (Path("/x/sample"),))
    classes.write(found)
    return found


def _classes(monkeypatch: pytest.MonkeyPatch) -> Any:
    _class(monkeypatch)
    path = classes.place() / "worse" / "class.json"
    path.parent.mkdir()
    path.write_text("{")
    unknown = {"scenario": None, "seats": None, "exercises": None}
    known = {"scenario": "single", "seats": ["a", "b"], "exercises": ["sample"]}
    return [{"name": "room", **known}, {"name": "worse", **unknown}]


def _class_plan(monkeypatch: pytest.MonkeyPatch) -> Any:
    _class(monkeypatch)
    shown: dict[str, Any] = {
        "name": "room",
        "scenario": "single",
        "provider": "container",
        "seats": ["a", "b"],
    }
    shown |= {"new": ["b"], "at_a_time": 3, "scratch": True, "problems": []}
    shown["seconds"] = sum(forecast.SCRATCH[:2])  # of a lab with one control plane
    sources = {"memory": "documented figures", "seconds": "documented figures"}
    return {**shown, "forecast": ANY_DICT, "sources": sources, "note": ""}


def _class_status(monkeypatch: pytest.MonkeyPatch) -> Any:
    _class(monkeypatch)
    exercise = sample(Path.cwd())
    found = Progress("sample", exercise.directory, Phase.RUNNING, "master1", began=1000.0)
    found = replace(found, finished=1090.0, hints=1, checks=2, done={0: True, 1: True})
    progress.write(store.load("room-a"), found)
    first = {"seat": "a", "lab": "room-a", "health": "off", "problems": ANY_LIST}
    first |= {"exercise": "sample", "phase": "running", "done": 2, "objectives": 2, "hints": 1}
    first |= {"points": 70, "most": 100, "minutes": 1.5, "finished": True, "solved": False}
    second = {"seat": "b", "lab": "room-b", "health": "missing", "problems": None}
    return [first, {**dict.fromkeys(first), **second}]


def _class_results(monkeypatch: pytest.MonkeyPatch) -> Any:
    lab_ = store.load(_class(monkeypatch).labs[0])
    began: dict[str, Any] = {
        "time": LONG_AGO,
        "event": "exercise-started",
        "exercise": "sample",
        "most": 100,
    }
    checked: dict[str, Any] = {
        "time": LONG_AGO.replace("10:00", "10:03"),
        "event": "exercise-checked",
    }
    checked |= {"exercise": "sample", "done": [True, True], "points": 100}
    lab_.journal.write_text("".join(f"{json.dumps(it)}\n" for it in (began, checked)))
    shown: dict[str, Any] = {
        "seat": "a",
        "exercise": "sample",
        "points": 100,
        "of": 100,
        "hints": 0,
    }
    shown |= {"minutes": 3.0, "solved": False, "finished": True, "aborted": False}
    return [{**shown, "checks": 1, "resets": 0, "began": LONG_AGO}]


class Anything:
    """Equal to every value of a kind that is not empty."""

    def __init__(self, kind: type) -> None:
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self.kind) and bool(other)

    __hash__ = None  # type: ignore[assignment]


ANY_TEXT, ANY_LIST, ANY_DICT = Anything(str), Anything(list), Anything(dict)
ANY_NUMBER = Anything(int)
# by what is typed: what prepares the call and returns what it prints
CALLS: Mapping[str, Callable[[pytest.MonkeyPatch], Any]] = {
    "list": _list,
    "check single --name demo": _check,
    "plan single": _plan,
    "cache list": _cache,
    "gc": _gc,
    "scenario list": _scenarios,
    "status demo": _status,
    "verify demo": _verify,
    "fault list": _faults,
    "fault list demo": _injections,
    "checkpoint list demo": _checkpoints,
    "checkpoint show demo after": _checkpoint,
    "exercise list": _exercises,
    "exercise show sample": _exercise,
    "exercise check demo": _exercise_result,
    "exercise status demo": _exercise_result,
    "exercise hint demo": _exercise_hint,
    "class list": _classes,
    "class plan room --at-a-time 3": _class_plan,
    "class status room": _class_status,
    "class results room": _class_results,
    "bundle list": _bundles,
    "bench failover demo --runs 2": _bench,
    "bench compare demo demo --runs 1": _bench_comparison,
    "report compare a.json a.json": _comparison,
}


@pytest.fixture(autouse=True)
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Create a lab of that name without machines."""
    stub(monkeypatch, tmp_path, "podman", "echo '[]'")
    monkeypatch.chdir(tmp_path)
    made("single", "demo")


def _option(command: click.Command) -> click.Parameter | None:
    found = (param for param in command.params if "--output" in param.opts)
    return next((it for it in found if isinstance(it.type, click.Choice)), None)


WITH_JSON = {path: option for path, command in walk(cli) if (option := _option(command))}


def test_every_command_that_prints_json_is_called_below() -> None:
    assert {_path(words) for words in CALLS} == set(WITH_JSON)


def test_commands_that_print_tables_have_json() -> None:
    tables = ["list", "status", "check", "plan", "gc", "bench failover", "bench compare"]
    tables += ["report compare", "exercise list", "class status", "class results"]
    groups = ("scenario", "fault", "checkpoint", "bundle", "cache", "class")
    tables += [f"{group} list" for group in groups]
    assert [it for it in tables if f"labgen {it}" not in WITH_JSON] == []


@pytest.mark.parametrize("words", CALLS)
def test_json_is_what_is_documented(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = CALLS[words](monkeypatch)
    said = labgen(*words.split(), "-o", "json")
    assert json.loads(said.out) == expected, said.err
    assert said.exit_code == (1 if words in FINDING else 0)
    assert any(_fits(said.out, shape) for shape in _shapes(words))


@pytest.mark.parametrize("words", CALLS)
def test_text_is_what_is_printed_without_it(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CALLS[words](monkeypatch)
    said = labgen(*words.split())
    assert said.out or words.startswith(("check", "verify"))
    assert not said.out.startswith(("[", "{"))


def _path(words: str) -> str:
    return next(path for path in WITH_JSON if f"labgen {words} ".startswith(f"{path} "))


def _shapes(words: str) -> Sequence[Shape]:
    option = WITH_JSON[_path(words)]
    assert isinstance(option, OutputOption)
    return option.shapes


def _fits(text: str, shape: Shape) -> bool:
    model: Any = list[shape.model] if shape.many else shape.model  # type: ignore[name-defined]
    try:
        TypeAdapter(model).validate_json(text)
    except ValueError:
        return False
    return True


def test_a_host_that_cannot_is_json_too_with_exit_code_3(monkeypatch: pytest.MonkeyPatch) -> None:
    from labgen.errors import HostUnfit  # noqa: PLC0415 - only here

    def unfit(*_: object, **__: object) -> None:
        raise HostUnfit("podman is missing", hint="apt-get install podman")

    monkeypatch.setattr("labgen.up.check.ensure_fit", unfit)
    said = labgen("check", "single", "--name", "demo", "-o", "json")
    assert said.exit_code == 3
    shown = json.loads(said.out)
    assert shown["possible"] is False
    assert shown["problem"] == "podman is missing\n  apt-get install podman"


def test_a_lab_that_cannot_be_read_has_only_its_name(home: Path) -> None:
    (home / "state/labs/demo/lab.json").write_text("{")
    [shown] = json.loads(labgen("list", "-o", "json").out)
    assert shown.pop("name") == "demo"
    assert set(shown.values()) == {None}
