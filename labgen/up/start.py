"""How the machines of a lab come to be: from a checkpoint of another lab, or from scratch.

A warm start must never be the reason why a lab does not come up: if its checkpoint cannot be used,
the machines are built from scratch.
"""

from collections.abc import Sequence

from labgen.console import Console
from labgen.errors import HostUnfit, LabgenError, os_reason
from labgen.faults.engine import active
from labgen.lab import store
from labgen.lab.allocation import Template
from labgen.lab.lab import Lab
from labgen.providers.base import Provider
from labgen.providers.optional import CheckpointUnusable, Clones
from labgen.scenario.model import Scenario
from labgen.system.interrupt import Interrupted
from labgen.up import plan_from_checkpoint, warm_cache
from labgen.up.context import Context
from labgen.up.graph import Done, Listener, Step, run_steps
from labgen.up.plan import plan, until

MIB = 1 << 20


def warm_key(scenario: Scenario, provider: Provider) -> str | None:
    """Return the key of what a lab of the scenario would be built from now; None if the provider
    has no warm starts."""
    return warm_cache.key(scenario, provider) if isinstance(provider, Clones) else None


def warm_template(scenario: Scenario, provider: Provider, console: Console) -> Template | None:
    """Return the checkpoint in the cache that a new lab of the scenario can be made from; None if
    there is none. A damaged one is removed."""
    try:
        return warm_cache.find(scenario, provider)
    except CheckpointUnusable as error:
        console.say(f"  note: no warm start: {error.reason}; that checkpoint was removed")
        warm_cache.drop(warm_cache.place() / warm_cache.key(scenario, provider))
        return None


def is_warm(lab: Lab) -> bool:
    """Return whether the lab's machines are made from a checkpoint in the cache."""
    return lab.origin is not None and not lab.origin.words


def planned(
    context: Context, stage: str | None = None, *, from_checkpoint: bool = False
) -> Sequence[Step]:
    """Return the steps of `up` for the lab, up to a stage if one is named."""
    if from_checkpoint:
        return plan_from_checkpoint.plan(context)
    steps = plan(context)
    return until(steps, stage) if stage else steps


def run(
    context: Context, console: Console, listener: Listener, *, stage: str | None, scratch: bool
) -> tuple[Context, list[Done]]:
    """Run the steps of `up`. Return the context after them, because with scratch, or after a warm
    start that failed, the lab no longer has an origin."""
    lab = context.lab
    if lab.origin is None or not store.is_pending(lab):
        return context, run_steps(planned(context, stage), listener)
    if is_warm(lab) and scratch:
        return _from_scratch(context, listener, stage)
    try:
        done = run_steps(planned(context, from_checkpoint=True), listener)
    except (CheckpointUnusable, HostUnfit) as error:
        if not is_warm(lab) or not store.is_pending(lab):  # machines that run stay
            raise
        console.say(f"  note: no warm start: {error.reason}; building from scratch")
        if isinstance(error, CheckpointUnusable):  # not one of a bundle that was built again since
            warm_cache.drop(lab.origin.path)
        return _from_scratch(context, listener, stage)
    if is_warm(lab):
        warm_cache.touch(lab.origin.path)
    return context, done


def _from_scratch(
    context: Context, listener: Listener, stage: str | None
) -> tuple[Context, list[Done]]:
    context.provider.destroy(context.lab)
    cold = Context(store.without_origin(context.lab), context.provider)
    return cold, run_steps(planned(cold, stage), listener)


def introduce(lab: Lab, template: Template | None, console: Console) -> None:
    """Tell from what the machines are made, unless they are built from scratch or exist."""
    if lab.origin is None or not store.is_pending(lab):
        return
    if lab.origin.words:
        console.say(f"  machines are made from checkpoint {lab.origin.words}")
        return
    of = f"lab {template.lab.name}" if template else "an earlier lab"
    console.say(
        f"  warm start: machines are made from a copy of {of}; --cold builds them from scratch"
    )


def keep_for_warm_starts(lab: Lab, provider: Provider, console: Console, key: str) -> None:
    """Save a lab that was just built, for the next one of its scenario; key is the warm_key() from
    before. It is no error if that is not possible."""
    if not isinstance(provider, Clones) or active(lab):
        return
    try:
        saved = warm_cache.keep(lab, provider, key)
    except Interrupted:
        raise
    except LabgenError as error:
        console.say(f"  note: not kept for warm starts: {error.reason}")
    except OSError as error:
        console.say(f"  note: not kept for warm starts: {os_reason(error)}")
    else:
        if saved:
            size = f"{saved.size / MIB:.1f} MiB"
            console.say(f"  kept for warm starts of this scenario: {size}; labgen cache list")
