"""A pytest plugin: every test belongs to one tier, and a run takes one tier with those before it.

smoke  looks only: nothing is created or changed, so it may run on a cluster in use
ha     breaks parts of the cluster on purpose, and heals them
full   creates workloads as users do
"""

import pytest

TIERS = {
    "smoke": "looks only; safe on a cluster in use",
    "ha": "breaks parts of the cluster and heals them",
    "full": "creates workloads",
}
# What makes something in the cluster: no test that looks only may ask for it.
CREATING = {"running", "own_namespace", "bench"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("labgen").addoption(
        "--tier",
        choices=tuple(TIERS),
        help="how far to go: smoke looks only, ha also breaks and heals, full (the default for a "
        "lab) is all; of a cluster that labgen did not build, smoke is all",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.option.tier is None:
        config.option.tier = "smoke" if getattr(config.option, "inventory", None) else "full"
    for name, meaning in TIERS.items():
        config.addinivalue_line("markers", f"{name}: tier {name}: {meaning}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    diagnostics = [f"{item.nodeid}: {wrong}" for item in items if (wrong := _mistake(item))]
    if diagnostics:
        raise pytest.UsageError("\n".join(diagnostics))
    wanted = _up_to(config.getoption("tier"))
    left_out = [item for item in items if tiers(item)[0] not in wanted]
    if left_out:
        items[:] = [item for item in items if tiers(item)[0] in wanted]
        config.hook.pytest_deselected(items=left_out)


def tiers(item: pytest.Item) -> list[str]:
    """The tiers that the test says it belongs to."""
    return [mark.name for mark in item.iter_markers() if mark.name in TIERS]


def _up_to(tier: str) -> set[str]:
    names = list(TIERS)
    return set(names[: names.index(tier) + 1])


def _mistake(item: pytest.Item) -> str | None:
    """What is wrong about the test's tier."""
    found = tiers(item)
    if len(found) != 1:
        return f"belongs to {' and '.join(found) or 'no tier'}; one of {', '.join(TIERS)} is right"
    if found != ["smoke"]:
        return None
    creating = CREATING & set(getattr(item, "fixturenames", ()))
    if creating or item.get_closest_marker("disturbs"):
        what = f"asks for {', '.join(sorted(creating))}" if creating else "disturbs"
        return f"{what}, and smoke only looks"
    return None
