"""`labgen up`: check the host, create the lab on disk, then run the plan and write the journal."""

import time
from collections.abc import Sequence

from labgen.bundle import store as bundles
from labgen.cluster import kubectl
from labgen.console import Console
from labgen.errors import LabgenError, reason
from labgen.lab import store
from labgen.lab.allocation import Template
from labgen.lab.lab import Lab
from labgen.providers import capacity
from labgen.providers.base import Provider
from labgen.scenario.model import Scenario
from labgen.system.journal import Journal
from labgen.up.check import ensure_possible
from labgen.up.context import Context
from labgen.up.graph import Done, Listener, Outcome, Step
from labgen.up.start import introduce, keep_for_warm_starts, run, warm_key, warm_template

UNCHANGED = "nothing changed"  # what a second `up` says


def bring_up(
    scenario: Scenario,
    name: str,
    console: Console,
    *,
    stage: str | None = None,
    force: bool = False,
    cold: bool = False,
    template: Template | None = None,
) -> Lab:
    """Create the lab or complete it, up to a stage of plan.STAGES if one is named; whatever exists
    is kept. With force, the machines need not fit into this host's memory and disk.

    The machines of a new lab are made from the template, by default from a checkpoint of an earlier
    lab of the same scenario, see warm_cache. With cold, or up to a stage, they are built from
    scratch.

    Raises HostUnfit before anything is created, and later the error of the step that failed. The
    same call again resumes.
    """
    begin = time.monotonic()
    like = template.lab if template else None
    choice = ensure_possible(scenario, name, force=force, like=like)
    chosen = choice.provider
    bundles.require(scenario.kubernetes.version)
    with store.hold_alone(name, store.tell_waiting(name, console), doing="up"):
        new = name not in store.names()
        scratch = cold or stage is not None
        key = warm_key(scenario, chosen) if new and not scratch and not template else None
        if key:
            template = warm_template(scenario, chosen, console)
        lab = store.make(scenario, name, chosen.name, template)
        _introduce(lab, console)
        introduce(lab, template, console)
        if choice.why:
            console.say(f"  note: {choice.why}")
        if note := _capacity(chosen, scenario, lab):
            console.say(f"  note: {note}")
        journal = Journal(lab.journal)
        journal.write("up", scenario=scenario.name)
        listener = _listener(console, journal)
        context = Context(lab, chosen)
        try:
            context, done = run(context, console, listener, stage=stage, scratch=scratch)
        except LabgenError as error:
            error.hint = error.hint or f"to resume: {lab.up_command}"
            raise
        lab = context.lab
        if key and lab.origin is None:
            keep_for_warm_starts(lab, chosen, console, key)
        seconds = time.monotonic() - begin
        changed = sum(1 for step in done if step.outcome is Outcome.CHANGED)
        journal.write("up-done", seconds=round(seconds, 2), changed=changed)
    if console.verbose:
        _table(done, console)
    said = f"{changed} changed" if changed else UNCHANGED
    reached = f"has its {stage}" if stage else "is up"
    console.heading(f"lab {name} {reached} after {seconds:.1f} s; {said}")
    if not stage and (hint := kubectl.proxy_hint(lab)):
        console.say(f"  {hint}")
    return lab


def _capacity(chosen: Provider, scenario: Scenario, lab: Lab) -> str:
    foreseen = capacity.forecast(chosen, scenario, lab)
    return foreseen.note if foreseen else ""


def _introduce(lab: Lab, console: Console) -> None:
    masters = _counted(len(lab.control_planes), "control plane")
    workers = _counted(len(lab.workers), "worker")
    console.heading(
        f"lab {lab.name}: {masters}, {workers} on {lab.subnet}, "
        f"API at {lab.server}, machines by provider {lab.provider}"
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _listener(console: Console, journal: Journal) -> Listener:
    def started(step: Step) -> None:
        journal.write("step-started", step=step.name)

    def done(result: Done) -> None:
        console.good(result.name, result.seconds, changed=result.outcome is Outcome.CHANGED)
        journal.write(
            "step-done", step=result.name, outcome=result.outcome, seconds=round(result.seconds, 2)
        )

    def failed(step: Step, error: BaseException) -> None:
        console.bad(step.name)
        journal.write("step-failed", step=step.name, error=reason(error)[:300])

    return Listener(started, done, failed)


def _table(done: Sequence[Done], console: Console) -> None:
    """Print the duration of each step, in the order in which the steps began."""
    rows = [
        (step.name, f"{step.started:.1f} s", f"{step.seconds:.1f} s", step.outcome.value)
        for step in sorted(done, key=lambda step: step.started)
    ]
    console.say("")
    console.table(("STEP", "BEGAN", "TOOK", "RESULT"), rows, right=(1, 2))
