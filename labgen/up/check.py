"""`labgen check`: whether a scenario can be brought up on this host, and what prevents it."""

from labgen.lab import store, user_kubeconfig
from labgen.lab.lab import Lab
from labgen.providers.registry import Choice, choose, ensure_fit, provider
from labgen.scenario.model import Scenario
from labgen.system import paths


def ensure_possible(
    scenario: Scenario, name: str | None = None, *, force: bool = False, like: Lab | None = None
) -> Choice:
    """Return the provider that `up` would use for the lab of that name, by default the scenario's.
    With like, the lab is to be made from a checkpoint of that one.

    An existing lab keeps its provider; a new one may get another provider today. Nothing is created
    or changed. With force, memory and disk are not checked. Raises HostUnfit with every finding,
    UsageError for a state directory that cannot be used.
    """
    paths.ensure_usable()
    name = name or scenario.name
    user_kubeconfig.ensure_usable(name)
    if name not in store.names():
        if like:
            same = provider(like.provider, scenario.provider.uri)
            return Choice(ensure_fit(same, scenario, force=force))
        return choose(scenario, force=force)
    lab = store.load(name)
    found = provider(lab.provider, scenario.provider.uri)
    return Choice(ensure_fit(found, scenario, lab, force=force))
