"""`labgen down`: remove a lab from any state, and verify that nothing is left."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from labgen.console import Console
from labgen.errors import LabgenError, UsageError
from labgen.faults import heal_timer
from labgen.lab import ownership, store, user_kubeconfig
from labgen.lab.lab import Lab
from labgen.operations import host_resources
from labgen.operations.deprovision import deprovision
from labgen.providers.base import Provider, State
from labgen.providers.optional import Checkpoints, KeptCheckpoints
from labgen.providers.registry import provider

BY_HAND = "bash /opt/labgen/provisioners/run.sh uninstall"


def teardown(
    name: str, console: Console, *, without: Collection[str] = (), keep_checkpoints: bool = False
) -> list[str]:
    """Remove the lab with everything it created on this host or on existing machines, and verify
    this. Machines in without are left as they are; with keep_checkpoints, its checkpoints are, too.

    Return for users what labgen could not remove or must not remove: a user's kubeconfig that
    cannot be changed is no reason for a lab to stay.

    Raises LabgenError if anything else is left, or if its checkpoints cannot be kept; UsageError
    for machines that cannot be left out.
    """
    with store.hold(name, store.tell_waiting(name, console)):
        whole = _known(name)
        ownership.ensure_original(whole)
        lab = _fewer(whole, without)
        machines = provider(lab.provider)
        kept = _settle_checkpoints(whole, machines, keep=keep_checkpoints)
        heal_timer.end(lab)
        if lab.scenario.existing:
            deprovision(lab, machines, console)
        machines.destroy(whole)
        by_hand = user_kubeconfig.remove(lab)
        left = [it.what for it in host_resources.of_lab(lab, machines) if it.kind != "context"]
        if left:
            again = f"labgen down {name}{' --keep-checkpoints' if kept else ''}"
            raise LabgenError(
                f"lab {name} was not removed completely",
                last_seen="\n    ".join(left),
                hint=f"{again}    tries again",
            )
        store.remove(lab)
    if kept:
        console.say(f"kept checkpoints: {', '.join(kept)}; labgen checkpoint list {name}")
    if without:
        names = ", ".join(sorted(set(without)))
        console.say(f"the cluster stays on {names}; to uninstall it, run as root there: {BY_HAND}")
    return by_hand


def _known(name: str) -> Lab:
    try:
        return store.load(name)
    except UsageError as error:
        error.hint = f"{error.hint}\nfor a lab whose directory no longer exists: labgen gc {name}"
        raise


def _settle_checkpoints(lab: Lab, machines: Provider, *, keep: bool) -> Sequence[str]:
    """Decide whether the lab's checkpoints outlive it, and return the names of those that do."""
    if isinstance(machines, KeptCheckpoints):
        return machines.keep_checkpoints(lab, keep=keep)
    if keep and (names := _saved(lab, machines)):
        raise LabgenError(
            f"lab {lab.name} was not removed: the checkpoints of {machines.machine_kind} are on "
            "their disks, which are removed with the lab",
            last_seen=f"it has {', '.join(names)}",
            hint=f"labgen down {lab.name}    removes both",
        )
    return []


def _saved(lab: Lab, machines: Provider) -> list[str]:
    """Return the names of the lab's checkpoints. One of some machines only is none."""
    if not isinstance(machines, Checkpoints) or State.ABSENT in machines.machines(lab).values():
        return []
    return [it.name for it in machines.checkpoints(lab)]


def _fewer(lab: Lab, without: Collection[str]) -> Lab:
    """Return the lab without the machines of these names."""
    if without and not lab.scenario.existing:
        raise UsageError(
            f"the machines of lab {lab.name} were created by labgen and are removed with it"
        )
    gone = {lab.machine(name) for name in without}
    return replace(lab, machines=tuple(it for it in lab.machines if it not in gone))


def leaked_resources(lab: Lab, machines: Provider) -> list[str]:
    """Return, for users, the lab's resources that still exist outside its directory."""
    return [it.what for it in host_resources.of_lab(lab, machines)]
