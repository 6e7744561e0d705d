"""The subnets of a host: reserved by labs of every state directory, and claimed before a bridge."""

import shutil
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from labgen.errors import LabgenError, UsageError
from labgen.lab import store, subnets
from labgen.lab.lab import Lab
from labgen.scenario.host_environment import Route
from labgen.system import netns, paths
from tests.unit.lab.samples import SUBNET, made, scenario


def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Lab:
    """Return a lab of another state directory, which has SUBNET; from then on another user calls
    labgen."""
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "one"))
    first = made("single", "first")
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "other"))
    return first


def test_a_lab_of_another_state_directory_keeps_its_subnet_before_it_has_a_bridge(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = _elsewhere(monkeypatch, tmp_path)
    assert (first.subnet, made().subnet) == (SUBNET, IPv4Network("10.89.1.0/24"))


def test_an_explicit_subnet_of_such_a_lab_is_refused_with_its_owner(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _elsewhere(monkeypatch, tmp_path)
    with pytest.raises(UsageError) as refused:
        store.make(scenario("single", f"network.subnet={SUBNET}"), "demo", "container")
    owner = f"lab first of {tmp_path}/one/state"
    assert refused.value.message == f"network.subnet {SUBNET} overlaps {SUBNET} of {owner}"
    assert store.names() == []


def test_a_lab_that_was_removed_leaves_its_subnet(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store.remove(made("single", "first"))
    assert subnets.reserved() == []
    _elsewhere(monkeypatch, tmp_path)
    (tmp_path / "one/state/labs/first").rename(tmp_path / "away")  # removed without labgen
    assert made().subnet == SUBNET


def test_a_lab_removed_by_hand_leaves_its_subnet_to_the_next_at_its_directory() -> None:
    first = made("single")
    shutil.rmtree(first.directory)
    again = made("single")
    assert (again.subnet, again.id != first.id) == (SUBNET, True)
    subnets.claim(again)
    assert [it.bridge for it in subnets.reserved()] == [again.bridge]


def test_labs_of_two_network_namespaces_do_not_compete(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(netns, "inode", lambda: 4026532000)
    _elsewhere(monkeypatch, tmp_path)
    monkeypatch.setattr(netns, "inode", lambda: 4026532001)
    assert made().subnet == SUBNET


def test_a_list_that_cannot_be_read_is_written_again() -> None:
    (paths.runtime()).mkdir()
    (paths.runtime() / "subnets.json").write_text('[{"subnet": "10.89')
    made()
    assert [it.subnet for it in subnets.reserved()] == [SUBNET]


def test_after_a_boot_the_second_lab_on_a_subnet_is_refused_with_the_first_ones_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = _elsewhere(monkeypatch, tmp_path)
    (paths.runtime() / "subnets.json").unlink()
    second = made()
    subnets.claim(second)
    assert subnets.reserved()[0].directory == second.directory
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "one"))
    with pytest.raises(LabgenError) as taken:
        subnets.claim(first)
    owner = f"lab demo of {tmp_path}/other/state"
    assert str(taken.value).splitlines()[0] == f"{SUBNET} of lab first belongs to {owner}, too"
    assert "labgen down first && labgen up single --name first" in str(taken.value)


@pytest.mark.parametrize(
    ("route", "owner"),
    [
        (Route(SUBNET, "podman1", "podman's network ci"), "podman's network ci"),
        (
            Route(IPv4Network("10.89.0.3/32"), "tun0"),
            "a network that this host reaches through tun0",
        ),
        (Route(IPv4Network("10.0.0.0/8"), "tun0"), ""),  # the bridge's route is more specific
        (Route(IPv4Network("10.89.1.0/24"), "eth1"), ""),
    ],
)
def test_what_else_has_a_labs_subnet_is_named(
    monkeypatch: pytest.MonkeyPatch, route: Route, owner: str
) -> None:
    lab = made()
    own = Route(lab.subnet, lab.bridge)
    monkeypatch.setattr(subnets, "host_routes", lambda: (own, route))
    assert subnets.other_owner(lab) == owner


def test_the_remedy_frees_a_lab_from_a_subnet_that_its_scenario_names() -> None:
    fixed = [f"network.subnet={SUBNET}", "network.vip=10.89.0.9"]
    remedy = subnets.remedy(made(overrides=fixed))
    again = remedy.partition("labgen up ")[2].split()
    overrides = [word for word in again if word.startswith("network.")]
    network = scenario("single", *overrides).network
    assert (network.subnet, network.vip) == (None, None)
