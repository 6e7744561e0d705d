"""The output of `scenario show` loads to the same scenario."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from labgen.scenario import catalog
from labgen.scenario.dump import dump
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.load import load
from labgen.scenario.model import Scenario

NOWHERE = Path("nowhere")


def without_origin(scenario: Scenario) -> Scenario:
    return replace(scenario, source=NOWHERE, overrides=())


def again(scenario: Scenario, directory: Path) -> Scenario:
    path = directory / "shown.yaml"
    path.write_text(dump(scenario))
    return load(path, host_environment=HostEnvironment())


@pytest.mark.parametrize(
    "path", [*map(str, sorted(Path(__file__).parent.glob("good/*.yaml"))), *catalog.names()]
)
def test_shown_scenario_loads_to_the_same(path: str, tmp_path: Path) -> None:
    scenario = load(catalog.find(path), host_environment=HostEnvironment())
    assert without_origin(again(scenario, tmp_path)) == without_origin(scenario)


@pytest.mark.parametrize("seed", range(40))
def test_any_scenario_shows_and_loads_to_the_same(seed: int, tmp_path: Path) -> None:
    """Draw scenarios at random, including names that look like numbers or like each other."""
    draw = random.Random(seed)  # noqa: S311
    prefixes = draw.sample(["master", "1", "0x", "null-", "node-1", "node", "1e", "m1"], k=4)
    lines = [
        f"name: '{draw.choice(['1', 'on', 'lab-1', '0x1f', 'null'])}'",
        f"description: '{draw.choice(['', '  spaces ', '# no: comment', 'true', 'ä ß ö'])}'",
        f"network: {{firstHost: {draw.randint(2, 20)}}}",
        "loadBalancer:",
        f"  profile: {draw.choice(['fast', 'standard'])}",
        f"  timings: {{checkTimeout: {draw.randint(1, 9999)}ms, gapLimit: {draw.randint(1, 99)}s}}",
        "machines:",
        f"  - {{prefix: '{prefixes[0]}', role: control-plane, count: {draw.choice([1, 3, 5])}}}",
    ]
    for prefix in prefixes[1:]:
        size = f"{draw.randint(1, 4000)}{draw.choice(['MiB', 'GiB'])}"
        count = draw.randint(1, 9)
        group = f"prefix: '{prefix}', role: worker, count: {count}, memory: {size}"
        lines.append(f"  - {{{group}, disk: {draw.randint(1, 99)}GiB}}")
    path = tmp_path / "drawn.yaml"
    path.write_text("\n".join(lines))
    scenario = load(path, host_environment=HostEnvironment())
    assert without_origin(again(scenario, tmp_path)) == without_origin(scenario)


def test_shown_scenario_shows_as_the_same_text(tmp_path: Path) -> None:
    scenario = load(Path("good/everything-set.yaml"), host_environment=HostEnvironment())
    assert dump(again(scenario, tmp_path)) == dump(scenario)


def test_names_that_continue_another_group_survive(tmp_path: Path) -> None:
    """Use the prefix node with ten machines and node1 with one: both result in node11."""
    path = tmp_path / "neighbours.yaml"
    path.write_text(
        "name: neighbours\nmachines:\n  - role: control-plane\n"
        "  - {role: worker, prefix: node, count: 10}\n  - {role: worker, prefix: node1}\n"
    )
    scenario = load(path, host_environment=HostEnvironment())
    assert without_origin(again(scenario, tmp_path)) == without_origin(scenario)
