"""A pytest plugin: tests marked `power` are skipped when machines cannot be switched off and on.

Existing machines can be switched only when their scenario has commands for it.
"""

import pytest

from acceptance.framework.preconditions import LAB
from labgen.lab.lab import Lab
from labgen.providers.base import Power
from labgen.providers.registry import provider

MARK = "power"
ACTIONS = (Power.OFF, Power.SHUTDOWN, Power.ON)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}: switches machines off and on")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip the test before any of its fixtures injects a fault."""
    if item.get_closest_marker(MARK) is None:
        return
    if reason := unsupported_reason(item.config.stash[LAB]):
        pytest.skip(reason)


def unsupported_reason(lab: Lab) -> str | None:
    """Return why not every machine can be switched off and on; None if all can."""
    switches = provider(lab.provider)
    reasons = [switches.unsupported_reason(m, action) for m in lab.machines for action in ACTIONS]
    return next((reason for reason in reasons if reason), None)
