"""`labgen down`: remove a lab from any state, and look whether anything is left."""

from pathlib import Path

from labgen.build.clear_machines import clear_machines
from labgen.bundle import store as bundles
from labgen.faults import waiting
from labgen.lab import store, user_kubeconfig
from labgen.lab.lab import Lab
from labgen.providers.base import Provider
from labgen.providers.choose import provider
from labgen.report.console import Console
from labgen.report.errors import LabgenError, WrongCall


def take_down(name: str, console: Console) -> None:
    """Remove the lab with all it made on this host, or on machines that exist; raises LabgenError
    if something is left."""
    with store.hold(name, store.tell_waiting(name, console)):
        lab = _known(name)
        machines = provider(lab.provider)
        waiting.end(lab)
        if lab.scenario.existing:
            clear_machines(lab, machines, console)
        machines.destroy(lab)
        _forget_kubeconfig(lab)
        left = leftovers(lab, machines)
        if left:
            raise LabgenError(
                f"lab {name} left something behind",
                last_seen="\n    ".join(left),
                hint=f"labgen down {name}    tries again",
            )
        store.forget(lab)


def _known(name: str) -> Lab:
    try:
        return store.load(name)
    except WrongCall as error:
        error.hint = f"{error.hint}\nof one whose directory is gone: labgen leftovers {name}"
        raise


def leftovers(lab: Lab, machines: Provider) -> list[str]:
    """What of the lab is still on this host, but for its own state directory."""
    found = list(machines.leftovers(lab))
    found += [f"process {process} that waits to heal a fault" for process in waiting.running(lab)]
    if user_kubeconfig.present(lab):
        found.append(f"context {lab.context} in {user_kubeconfig.path_of(lab)}")
    return found


def _forget_kubeconfig(lab: Lab) -> None:
    if user_kubeconfig.present(lab):
        user_kubeconfig.remove(lab, _kubectl(lab))


def _kubectl(lab: Lab) -> Path:
    """The bundle's kubectl, or whichever there is when the bundle is gone."""
    try:
        return bundles.require(lab.scenario.kubernetes.version).bin / "kubectl"
    except LabgenError:
        return Path("kubectl")
