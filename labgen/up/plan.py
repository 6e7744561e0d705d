"""The steps by which a lab comes up, in order, and which of them run concurrently. Read this page
first; plan_from_checkpoint.py is the other way.

Nothing is run here. A step starts when the steps named in its `after` are done.
"""

from collections.abc import Callable, Sequence

from labgen.lab.lab import Machine
from labgen.up.context import Context
from labgen.up.graph import Outcome, Step
from labgen.up.steps.await_ready import await_ready
from labgen.up.steps.bootstrap import bootstrap
from labgen.up.steps.create_machines import create_machines
from labgen.up.steps.init_control_plane import init_control_plane
from labgen.up.steps.install_cni import install_cni
from labgen.up.steps.join import announce_etcd_members, join
from labgen.up.steps.merge_kubeconfig import merge_kubeconfig
from labgen.up.steps.prepare import prepare

# Where `up --until` can stop: the kind of its last steps.
STAGES = {
    "machines": "create machines",
    "load-balancer": "prepare",
    "control-plane": "init control plane",
}
MachineStep = Callable[[Context, Machine], Outcome]
ClusterStep = Callable[[Context], Outcome]


def plan(context: Context) -> list[Step]:
    """Return all steps of `labgen up`; each does nothing if its result is already there."""
    lab = context.lab
    first, *others = lab.control_planes
    init = f"init control plane {first.name}"
    return [
        once(context, create_machines),
        *_ready_made(context),
        *on(context, [first], init_control_plane, after=[f"prepare {first.name}"]),
        *on(context, [first], install_cni, after=[init]),
        *_join_control_planes(context, others, after=[init]),
        *_join_workers(context, lab.workers, after=[init]),
        once(context, merge_kubeconfig, after=[init]),
        once(
            context,
            await_ready,
            after=[f"join {m.name}" for m in lab.machines if m != first]
            + [f"install CNI {first.name}"],
        ),
    ]


def until(steps: Sequence[Step], stage: str) -> list[Step]:
    """Return the steps of a plan up to a stage: those of that kind and everything that they wait
    for."""
    wanted = {step.name for step in steps if step.phase == STAGES[stage]}
    for step in reversed(steps):  # a step stands after those it waits on
        if step.name in wanted:
            wanted |= step.after
    return [step for step in steps if step.name in wanted]


def _ready_made(context: Context) -> list[Step]:
    """Return the steps that prepare machines; existing machines need a bootstrap first."""
    machines = context.lab.machines
    if not any(context.machine_profile(machine).bare for machine in machines):
        return on(context, machines, prepare, after=["create machines"])
    bootstrapped = on(context, machines, bootstrap, after=["create machines"])
    prepared = [
        step
        for machine in machines
        for step in on(context, [machine], prepare, after=[f"bootstrap {machine.name}"])
    ]
    return [*bootstrapped, *prepared]


def _join_control_planes(
    context: Context, machines: Sequence[Machine], *, after: Sequence[str]
) -> list[Step]:
    """Join control planes concurrently, once etcd knows the members of all of them."""
    if not machines:
        return []
    prepared = [f"prepare {machine.name}" for machine in machines]
    announce = once(context, announce_etcd_members, after=[*after, *prepared])
    return [announce, *on(context, machines, join, after=[announce.name])]


def _join_workers(
    context: Context, machines: Sequence[Machine], *, after: Sequence[str]
) -> list[Step]:
    """Join workers concurrently."""
    return [
        step
        for machine in machines
        for step in on(context, [machine], join, after=[*after, f"prepare {machine.name}"])
    ]


def on(
    context: Context, machines: Sequence[Machine], work: MachineStep, *, after: Sequence[str]
) -> list[Step]:
    """Return the same work for each machine, concurrently."""

    def bound(machine: Machine) -> Callable[[], Outcome]:
        return lambda: work(context, machine)

    name = _words(work)
    return [
        Step(f"{name} {machine.name}", bound(machine), frozenset(after), phase=name)
        for machine in machines
    ]


def once(context: Context, work: ClusterStep, *, after: Sequence[str] = ()) -> Step:
    """Return work for the lab as a whole."""
    name = _words(work)
    return Step(name, lambda: work(context), frozenset(after), phase=name)


def _words(work: Callable[..., Outcome]) -> str:
    """Return the name of a step's function with spaces."""
    return work.__name__.replace("_", " ").replace("cni", "CNI")
