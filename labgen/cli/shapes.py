"""The shapes of what commands print with `-o json`; docs/reference/commands.md shows them.

Removing a field or changing its meaning requires an entry in CHANGELOG.md.
"""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field


class Result(BaseModel):
    """Base of all shapes: only documented fields are accepted."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Lab(Result):
    """A lab of `labgen list`. All fields except name are null when its state cannot be read."""

    name: str
    scenario: str | None = Field(default=None, description="name of its scenario")
    provider: str | None = Field(default=None, description="container, libvirt or ssh")
    server: str | None = Field(default=None, description="URL of the API")
    machines: int | None = Field(default=None, description="number of its machines")
    on: int | None = Field(
        default=None, description="number of machines that are on; null when that is unknown"
    )
    healthy: bool | None = Field(
        default=None, description="as `labgen status` finds it; null when that is unknown"
    )
    problems: tuple[str, ...] | None = Field(
        default=None, description="what is not healthy; null when that is unknown"
    )


class Node(Result):
    """A Kubernetes node."""

    name: str
    ready: bool
    reason: str = Field(description="why it is not ready; empty when it is")
    schedulable: bool = Field(description="false for a cordoned node")
    status: str = Field(description="as `kubectl get nodes` shows it")


class Pod(Result):
    """A pod of the cluster itself."""

    name: str = Field(description="NAMESPACE/NAME")
    node: str = Field(description="empty before it is scheduled")
    ready: bool
    state: str = Field(description="its phase, or why its containers wait: CrashLoopBackOff")
    message: str = Field(description="why it is not ready; may be empty")


class EtcdMember(Result):
    """A member of etcd."""

    name: str
    healthy: bool
    leader: bool
    learner: bool = Field(description="whether it has no vote yet")
    message: str = Field(description="the error it reports; may be empty")
    address: str = Field(description="where its peers reach it; may be empty")


class Problem(Result):
    """Something that is not healthy."""

    what: str = Field(
        description="machine, network, isolation, api, node, pod, lease, etcd, vip, haproxy or up"
    )
    where: str = Field(description="name of the machine or object; empty for the whole cluster")
    message: str = Field(description="one sentence for people")


class Status(Result):
    """The state of a lab. It is healthy when there are no problems."""

    name: str = Field(description="name of the lab")
    machines: Mapping[str, str] = Field(description="by machine: on, off, paused or absent")
    nodes: tuple[Node, ...] = Field(description="the Kubernetes nodes")
    pods: tuple[Pod, ...] = Field(description="the pods of the cluster itself")
    holders: tuple[str, ...] = Field(description="machines that have the VIP; one when healthy")
    etcd: tuple[EtcdMember, ...] = Field(description="the members of etcd")
    api_servers: Mapping[str, Mapping[str, str]] = Field(
        description="by control plane: the state of each API server in its HAProxy"
    )
    problems: tuple[Problem, ...] = Field(description="none when the lab is healthy")
    notes: tuple[str, ...] = Field(description="what is healthy and worth knowing")
    faults: tuple[str, ...] = Field(description="faults in effect")


class Verdict(Result):
    """The result of a run of the acceptance suite."""

    cluster: str = Field(description="lab NAME, or the cluster of FILE")
    tier: str = Field(description="smoke, ha or full")
    outcome: str = Field(description="passed, failed, or unknown when the suite could not run")
    reason: str = Field(description="why it is unknown, or why the run ended early; may be empty")
    part: str = Field(description="which tests of the tier ran; empty when all did")
    tests: int = Field(description="number of tests of the tier")
    passed: int
    skipped: int
    failed: tuple[str, ...] = Field(description="node ids of the tests that the cluster failed")
    errors: tuple[str, ...] = Field(description="node ids of the tests that could not run")


class Forecast(Result):
    """What the machines that `labgen up` would create or switch on need, and what this host has."""

    machines: int = Field(description="number of machines that `up` would create or switch on")
    memory: int = Field(description="MiB that these machines need")
    memory_available: int = Field(description="MiB that this host has for them")
    disk: int = Field(description="MiB that these machines need")
    disk_free: int = Field(description="MiB that are free")
    cores: float = Field(description="cores that these machines keep busy when idle")
    host_cores: int = Field(description="cores of this host")
    note: str = Field(description="warning that the cores may be too few; may be empty")


class Check(Result):
    """Whether a scenario can be brought up on this host."""

    scenario: str
    lab: str = Field(description="name of the lab")
    possible: bool
    provider: str | None = Field(
        default=None, description="where machines would come from; null when it is not possible"
    )
    reason: str = Field(
        default="", description="why that provider; empty when the scenario names it"
    )
    note: str = Field(
        default="", description="warning that this host is overloaded now; may be empty"
    )
    problem: str | None = Field(
        default=None, description="everything that prevents it, with remedies; null when possible"
    )
    forecast: Forecast | None = Field(
        default=None,
        description="null when the lab cannot be brought up, or its machines are on other hosts",
    )


class Step(Result):
    """A step of the plan."""

    name: str
    after: tuple[str, ...] = Field(description="names of the steps it waits for")


class Plan(Result):
    """What `labgen up` would do."""

    lab: str = Field(description="name of the lab")
    exists: bool = Field(description="whether it was created before")
    origin: str | None = Field(
        description="what machines would be made from: a checkpoint, a file, or `cache` for a warm "
        "start; null when they are built from scratch, or were made"
    )
    provider: str = Field(description="container, libvirt or ssh")
    subnet: str = Field(description="for a new lab, the one that `up` would choose now")
    vip: str
    server: str = Field(description="URL of the API")
    forecast: Forecast | None = Field(description="null when machines are on other hosts")
    steps: tuple[Step, ...] = Field(
        description="for a lab that exists, only those still to be done"
    )
    changes: Mapping[str, tuple[str, ...]] = Field(
        description="by existing machine: what would be changed on it"
    )


class Fault(Result):
    """A fault that can be injected."""

    name: str
    target: str = Field(description="the machine or role it is injected into by default")
    summary: str


class Injection(Result):
    """A fault in effect on a lab."""

    fault: str
    machines: tuple[str, ...]
    since: str = Field(description="time of the injection, UTC, ISO 8601")
    heals_in: float | None = Field(
        description="seconds until it heals itself; null when it lasts until it is healed"
    )


class Checkpoint(Result):
    """A checkpoint of a lab."""

    name: str
    lab: str = Field(description="name of its lab; NAME-ID if several labs had that name")
    kept: bool = Field(description="whether its lab was removed with `--keep-checkpoints`")
    saved: str = Field(description="when all machines stood still, UTC, ISO 8601")
    age: int = Field(description="seconds since then")
    size: int | None = Field(description="bytes that only this checkpoint uses; null if unknown")
    scenario: str = Field(description="name of the lab's scenario")
    kubernetes: str = Field(description="version that the scenario names")
    parent: str | None = Field(
        description="the checkpoint that was saved or restored last before; null if there is none"
    )
    bundle: str | None = Field(description="name of the bundle that it fits; null if unknown")
    machine_image: str | None = Field(
        description="sha256 of that bundle's machine image; null if unknown"
    )
    version: str | None = Field(description="of the labgen that saved it; null if unknown")


class CheckpointDetails(Checkpoint):
    """A checkpoint, inspected."""

    machines: Mapping[str, int | None] = Field(description="bytes by machine; null if unknown")
    state: str = Field(description="verified, damaged, or unknown where it cannot be verified")
    damaged: tuple[str, ...] = Field(description="what is missing or not as it was saved")


class CacheEntry(Result):
    """A checkpoint that is kept for warm starts."""

    key: str = Field(description="by what went in: scenario, bundle, provisioners, labgen")
    scenario: str | None = Field(description="name of its scenario; null when it cannot be read")
    lab: str | None = Field(description="lab that was saved; null when it cannot be read")
    used: str = Field(description="when it was saved or last used, UTC, ISO 8601")
    size: int = Field(description="bytes that only this entry uses")
    obsolete: str | None = Field(
        description="why no lab is made from it any more; null when labs are"
    )


class Scenario(Result):
    """A scenario that is known by name."""

    name: str
    description: str | None = Field(description="its description; null when it is invalid")
    valid: bool


class Exercise(Result):
    """An exercise that is known by name. All fields except name and valid are null if it has
    errors."""

    name: str
    valid: bool
    title: str | None = None
    level: str | None = Field(default=None, description="beginner, intermediate or advanced")
    minutes: int | None = Field(default=None, description="how long a learner takes")
    needs: str | None = Field(default=None, description="what a lab must have, in words")
    points: int | None = Field(default=None, description="the most that a learner can get")


class ExerciseObjective(Result):
    """One thing that the learner has to reach."""

    text: str
    points: int


class ExerciseText(Result):
    """What a learner may know of an exercise."""

    name: str
    title: str
    level: str = Field(description="beginner, intermediate or advanced")
    minutes: int = Field(description="how long a learner takes")
    needs: str = Field(description="what a lab must have, in words")
    scenario: str = Field(description="a scenario that suits it")
    points: int = Field(description="the most that a learner can get")
    task: str = Field(description="Markdown")
    objectives: tuple[ExerciseObjective, ...]
    hints: tuple[int, ...] = Field(description="the price of each hint in points")


class ObjectiveResult(Result):
    """An objective at the last check."""

    text: str
    points: int
    done: bool | None = Field(description="null before the first check")


class ExerciseResult(Result):
    """What a learner has done so far."""

    exercise: str = Field(description="its name")
    phase: str = Field(description="saving, breaking, running or resetting")
    finished: bool = Field(description="a check found all objectives done")
    objectives: tuple[ObjectiveResult, ...]
    points: int = Field(description="of done objectives, less those of hints; 0 when solved")
    most: int = Field(description="the most that a learner can get")
    seconds: float = Field(description="on the clock, which stops when all objectives are done")
    hints: tuple[str, ...] = Field(description="the hints that were taken")
    checks: int = Field(description="number of checks")
    resets: int = Field(description="number of resets")
    solved: bool = Field(description="the reference repair was applied")


class ExerciseHint(Result):
    """A hint."""

    text: str
    price: int = Field(description="points that it costs")


class Part(Result):
    """A part of a bundle."""

    name: str
    state: str = Field(description="ready, missing, outdated or damaged")
    size: int = Field(description="bytes on disk")
    seconds: float | None = Field(description="how long its build took; null when never built")


class Bundle(Result):
    """A bundle and its parts."""

    name: str
    directory: str
    parts: tuple[Part, ...]


class Orphan(Result):
    """A resource that belongs to no lab, or whose owner is unknown."""

    kind: str = Field(description="for example container, network namespace")
    name: str
    owner: str = Field(description="the owner, in words")
    lab: str | None = Field(description="directory of the lab that owned it; null when unknown")
    place: str = Field(description="URI of the libvirt that has it; empty on this host")
    size: int | None = Field(description="bytes of checkpoints; null for other resources")
    orphaned: bool = Field(
        description="false for kept checkpoints, and when its owner is unknown; it stays then"
    )
    removed: bool = Field(description="true after `--remove` removed it")
    error: str | None = Field(description="why it could not be removed")


class Orphans(Result):
    """The orphaned resources of this host."""

    resources: tuple[Orphan, ...]
    not_searched: tuple[str, ...] = Field(description="why a place could not be searched")


class BenchFigure(Result):
    """A figure over all runs."""

    metric: str
    client: str = Field(description="kind of client; empty for a figure of the cluster as a whole")
    unit: str
    values: tuple[float, ...] = Field(description="one value for each run that has the figure")
    min: float
    median: float
    max: float
    expected: float | None = Field(description="what the timings of the lab predict")
    limit: float | None = Field(description="the most that the acceptance suite accepts")


class Bench(Result):
    """The result of `labgen bench failover`."""

    lab: str
    runs: int
    figures: tuple[BenchFigure, ...]


class Difference(Result):
    """A setting or a part of the environment in which the sides differ."""

    name: str
    a: str
    b: str


class FaultOnTarget(Result):
    """A fault and the machine it was injected into."""

    fault: str
    target: str


class Value(Result):
    """A figure over several runs of one side."""

    median: float
    least: float
    most: float
    runs: int
    limit: float | None = Field(description="the most that the acceptance suite accepts")
    exceeded: int = Field(description="number of runs in which it exceeded its limit")


class ComparedFigure(Result):
    """A figure of both sides."""

    metric: str
    client: str = Field(description="kind of client; empty for a figure of the cluster as a whole")
    unit: str
    a: Value | None = Field(description="null when A does not have it")
    b: Value | None = Field(description="null when B does not have it")
    difference: float | None = Field(description="median of B minus median of A")
    ratio: float | None = Field(description="median of B divided by median of A")


class ComparedFault(Result):
    """The figures of one fault on both sides."""

    fault: str
    target_a: str
    target_b: str
    rows: tuple[ComparedFigure, ...]


class Comparison(Result):
    """The figures of A and B."""

    faults: tuple[ComparedFault, ...] = Field(description="faults that both sides have")
    differs: tuple[Difference, ...] = Field(description="settings that differ")
    only_a: tuple[FaultOnTarget, ...] = Field(description="recorded in A only")
    only_b: tuple[FaultOnTarget, ...] = Field(description="recorded in B only")


class BenchComparison(Comparison):
    """The figures of A and B, and the tests that failed."""

    failed: Mapping[str, Mapping[str, int]] = Field(
        description="by side (a, b): the number of runs in which each test failed"
    )
