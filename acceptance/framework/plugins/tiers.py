"""A pytest plugin: every test belongs to one tier, and a run includes the tiers before its own.

smoke  is read-only, and so safe on a cluster in use
ha     cuts the power of the VIP holder, and restores it
full   injects all other faults, and creates workloads
"""

import pytest

from acceptance.framework import tier_size

TIERS = {
    "smoke": "read-only; safe on a cluster in use",
    "ha": "cuts the power of the VIP holder, and restores it",
    "full": "injects all other faults, and creates workloads",
}
# Fixtures that create something in the cluster; no read-only test may use them.
CREATING = {"running", "own_namespace", "testbed"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("labgen").addoption(
        "--tier",
        choices=tuple(TIERS),
        help="smoke is read-only, ha also cuts the power of the VIP holder, full (the default for "
        "a lab) runs all tests; with --inventory only smoke is possible",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.option.tier is None:
        config.option.tier = "smoke" if getattr(config.option, "inventory", None) else "full"
    for name, meaning in TIERS.items():
        config.addinivalue_line("markers", f"{name}: tier {name}: {meaning}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    diagnostics = [f"{item.nodeid}: {wrong}" for item in items if (wrong := _error(item))]
    if diagnostics:
        raise pytest.UsageError("\n".join(diagnostics))
    wanted = _up_to(config.getoption("tier"))
    left_out = [item for item in items if tiers(item)[0] not in wanted]
    tier_size.note(config, items, len(items) - len(left_out))
    if left_out:
        items[:] = [item for item in items if tiers(item)[0] in wanted]
        config.hook.pytest_deselected(items=left_out)


def tiers(item: pytest.Item) -> list[str]:
    """Return the tiers that the test is marked with."""
    return [mark.name for mark in item.iter_markers() if mark.name in TIERS]


def _up_to(tier: str) -> set[str]:
    names = list(TIERS)
    return set(names[: names.index(tier) + 1])


def _error(item: pytest.Item) -> str | None:
    """Return what is wrong with the tier of the test, if anything."""
    found = tiers(item)
    if len(found) != 1:
        return f"belongs to {' and '.join(found) or 'no tier'}; one of {', '.join(TIERS)} is right"
    if found != ["smoke"]:
        return None
    creating = CREATING & set(getattr(item, "fixturenames", ()))
    if creating or item.get_closest_marker("disturbs"):
        what = f"uses {', '.join(sorted(creating))}" if creating else "is disruptive"
        return f"{what}, but smoke is read-only"
    return None
