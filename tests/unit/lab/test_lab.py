"""A lab's facts."""

from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from labgen.errors import UsageError
from labgen.lab import allocation
from tests.unit.lab.samples import SUBNET, lab, scenario


def test_machines_are_numbered_like_the_clusters_that_labs_mirror() -> None:
    sample = lab("ha-3x3")
    assert {m.name: str(m.address) for m in sample.machines} == {
        "master1": "10.89.0.3",
        "master2": "10.89.0.4",
        "master3": "10.89.0.5",
        "node1": "10.89.0.6",
        "node2": "10.89.0.7",
        "node3": "10.89.0.8",
    }
    assert sample.vip == IPv4Address("10.89.0.244")
    assert sample.gateway == IPv4Address("10.89.0.1")
    assert sample.endpoint == "10.89.0.244:8443"


def test_machines_are_told_apart_by_role() -> None:
    sample = lab("ha-3x3")
    assert [m.name for m in sample.control_planes] == ["master1", "master2", "master3"]
    assert [m.name for m in sample.workers] == ["node1", "node2", "node3"]
    assert sample.machine("node2") == sample.workers[1]


def test_an_unknown_machine_is_a_wrong_call_with_the_known_ones() -> None:
    with pytest.raises(UsageError) as wrong:
        lab("ha-3x0").machine("node1")
    assert str(wrong.value).splitlines() == [
        "lab demo has no machine node1",
        "  its machines: master1, master2, master3",
    ]


def test_interface_names_fit_the_kernels_15_characters_and_differ_between_labs() -> None:
    bridges = {lab(name=name).bridge for name in ("a", "b", "a" * 40)}
    assert len(bridges) == 3
    assert all(len(bridge) <= 15 for bridge in bridges)


@pytest.mark.parametrize(
    ("name", "overrides", "typed"),
    [
        ("single", (), "labgen up single"),
        ("other", (), "labgen up single --name other"),
        (
            "single",
            ("kubernetes.cni.backend=host-gw", "description=two words"),
            "labgen up single -s kubernetes.cni.backend=host-gw -s 'description=two words'",
        ),
    ],
)
def test_the_call_that_goes_on_with_a_lab_is_the_one_that_made_it(
    name: str, overrides: tuple[str, ...], typed: str
) -> None:
    assert lab("single", *overrides, name=name).up_command == typed


def test_the_call_that_goes_on_with_a_lab_works_in_every_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "scenarios" / "single.yaml"
    own.parent.mkdir()
    own.write_text(scenario("single").source.read_text())
    shipped = scenario("single").source
    monkeypatch.chdir(tmp_path)
    assert lab("single", name="single").up_command == f"labgen up {own}"
    settled = allocation.settle(replace(scenario("single"), source=shipped), "single", "container",
                           subnet=SUBNET, router_id=1)  # fmt: skip
    assert settled.up_command == f"labgen up {shipped}"


def test_a_scenario_from_a_file_of_ones_own_goes_on_from_that_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(scenario("single").source.read_text())
    assert lab(str(path), name="single").up_command == f"labgen up {path}"


def test_a_lab_of_a_scenario_that_this_version_lacks_has_a_command_all_the_same() -> None:
    sample = lab("single")
    gone = sample.scenario.source.with_name("retired.yaml")
    retired = replace(sample, scenario=replace(sample.scenario, name="retired", source=gone))
    assert retired.up_command == f"labgen up {gone} --name demo"
