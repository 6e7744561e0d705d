"""`labgen check`: whether a scenario can be brought up on this host, and what prevents it."""

from labgen.lab import store
from labgen.providers.registry import Choice, choose, ensure_fit, provider
from labgen.scenario.model import Scenario
from labgen.system import paths


def ensure_possible(scenario: Scenario, name: str | None = None) -> Choice:
    """Return the provider that `up` would use for the lab of that name, by default the scenario's.

    An existing lab keeps its provider; a new one may get another provider today. Nothing is created
    or changed. Raises HostUnfit with every finding, UsageError for a state directory that cannot be
    used.
    """
    paths.ensure_usable()
    name = name or scenario.name
    if name not in store.names():
        return choose(scenario)
    lab = store.load(name)
    return Choice(ensure_fit(provider(lab.provider, scenario.provider.uri), scenario, lab))
