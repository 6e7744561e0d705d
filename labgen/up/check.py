"""`labgen check`: whether a scenario could be brought up here, with all that keeps it from that."""

from labgen.lab import store
from labgen.providers.registry import Choice, choose, ensure_fit, provider
from labgen.scenario.model import Scenario


def ensure_possible(scenario: Scenario, name: str | None = None) -> Choice:
    """The provider that `up` takes for the lab of that name, the scenario's own by default: that of
    the lab, where it is made already; a new one may get another today.

    Raises HostUnfit with every finding. Nothing is made or changed.
    """
    name = name or scenario.name
    if name not in store.names():
        return choose(scenario)
    lab = store.load(name)
    return Choice(ensure_fit(provider(lab.provider, scenario.provider.uri), scenario, lab))
