"""Labs on disk: created once, found again, never two with the same addresses."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from labgen.errors import LabgenError, UsageError
from labgen.lab import allocation, keys, store
from labgen.scenario.host_environment import Route
from labgen.system.parallel import gather
from tests.unit.lab.samples import lab, made, mode, scenario

MAKE = """
import sys
from pathlib import Path
from labgen.lab import allocation
from labgen.system import paths
from tests.unit.lab.samples import made
allocation.host_routes = lambda: ()
paths.runtime = lambda: Path(sys.argv[2])
sys.stdin.readline()
print(made("single", sys.argv[1]).subnet)
"""


def test_a_lab_comes_back_as_it_was_made() -> None:
    new = store.make(scenario("ha-5x2", "network.apiPort=9443"), "demo", "container")
    assert store.load("demo") == new
    assert store.names() == ["demo"]


@pytest.mark.parametrize("wanted", ["single", "ha-3x3", "onprem-classic"])
def test_a_lab_is_the_same_after_json(wanted: str) -> None:
    new = lab(wanted)
    assert store.parse(json.loads(json.dumps(store.as_json(new)))) == new


def test_a_lab_of_an_unknown_form_is_refused() -> None:
    with pytest.raises(LabgenError, match="a lab cannot be read") as refused:
        store.parse({"name": "demo"})
    assert refused.value.hint == "it is damaged, or was written by another version of labgen"


def test_a_labs_directory_and_keys_are_closed_to_others() -> None:
    new = made()
    assert (mode(new.directory), mode(new.keys)) == (0o700, 0o700)


def test_a_new_lab_avoids_the_hosts_routes_pods_services_and_other_labs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    routes = (Route(IPv4Network("10.89.0.0/23"), "eth1"), Route(IPv4Network("10.89.2.7/32"), "tun"))
    monkeypatch.setattr(allocation, "host_routes", lambda: routes)
    first = made(name="first")
    second = made(name="second")
    assert (str(first.subnet), str(second.subnet)) == ("10.89.3.0/24", "10.89.4.0/24")
    assert first.router_id != second.router_id


def test_labs_made_at_the_same_moment_by_threads_share_no_subnet_or_router_id() -> None:
    names = [f"lab{number}" for number in range(8)]
    labs = gather({name: lambda name=name: made(name=name) for name in names})  # type: ignore[misc]
    assert len({lab.subnet for lab in labs.values()}) == 8
    assert len({lab.router_id for lab in labs.values()}) == 8


def test_labs_of_two_state_directories_made_at_the_same_moment_share_no_subnet(
    tmp_path: Path,
) -> None:
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", MAKE, "demo", str(tmp_path / "run")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
            env={**os.environ, "LABGEN_HOME": str(tmp_path / user)},
        )
        for user in ("one", "other")
    ]
    said = [maker.communicate("go\n", timeout=30)[0].strip() for maker in makers]
    assert sorted(said) == ["10.89.0.0/24", "10.89.1.0/24"]


def test_making_a_lab_of_the_same_scenario_again_is_the_same_lab() -> None:
    assert made("single") == made("single")


def test_a_lab_whose_making_was_cut_off_is_completed() -> None:
    first = made()
    shutil.rmtree(first.keys)
    first.logs.rmdir()
    assert made() == first
    assert (mode(first.keys), first.logs.is_dir()) == (0o700, True)


def test_the_same_scenario_read_from_another_place_is_the_same(tmp_path: Path) -> None:
    first = made("single")
    copy = tmp_path / "copy.yaml"
    copy.write_text(scenario("single").source.read_text())
    assert store.make(scenario(str(copy)), "demo", "container") == first


def test_other_words_in_the_description_are_the_same_scenario() -> None:
    first = made("single", "demo")
    described = replace(scenario("single"), description="what my class uses")
    assert store.make(described, "demo", "container") == first


@pytest.mark.parametrize("name", ["-n", "--fast"])
def test_an_option_in_place_of_the_lab_is_told_from_a_lab(name: str) -> None:
    with pytest.raises(UsageError) as wrong:
        store.load(name)
    assert str(wrong.value).splitlines() == [
        f"{name} is not the name of a lab",
        f"  the lab comes first, and options of another program last: LAB -- {name}",
    ]


def test_another_scenario_under_the_same_name_is_refused() -> None:
    made("single")
    with pytest.raises(UsageError) as wrong:
        made("ha-3x0")
    assert wrong.value.message.startswith("lab demo was created from a scenario that differs from ")
    assert wrong.value.hint == "labgen down demo    or use another name for this one: --name OTHER"
    assert len(store.load("demo").machines) == 1


def test_other_overrides_than_the_labs_are_named_with_what_to_do() -> None:
    store.make(scenario("single", "machines[0].memory=4GiB", "name=x"), "demo", "container")
    with pytest.raises(UsageError) as wrong:
        store.make(scenario("single", "name=x", "machines[0].cpus=3"), "demo", "container")
    up = f"labgen up {scenario('single').source} --name demo"
    assert str(wrong.value).splitlines() == [
        "lab demo was created with other overrides:",
        "  it has    -s machines[0].memory=4GiB",
        "  it has no -s machines[0].cpus=3",
        f"  to continue with it as it is: {up} -s 'machines[0].memory=4GiB' -s name=x",
        "  labgen down demo    or use another name for this one: --name OTHER",
    ]


def test_a_subnet_that_another_lab_has_is_refused() -> None:
    made("single", "first")
    wanted = scenario("single", "network.subnet=10.89.0.0/24")
    with pytest.raises(UsageError, match=r"network\.subnet 10\.89\.0\.0/24 overlaps .* lab first"):
        store.make(wanted, "second", "container")
    assert store.names() == ["first"]


@pytest.mark.parametrize("name", ["absent", "../labs/demo", ""])
def test_a_lab_that_is_not_there_is_a_wrong_call_with_those_that_are(name: str) -> None:
    made()
    with pytest.raises(UsageError) as wrong:
        store.load(name)
    assert str(wrong.value).splitlines() == [f"there is no lab {name}", "  labs: demo"]


@pytest.mark.parametrize("content", ["", "{}", '{"name": "de', "\udcff"])
def test_an_unreadable_lab_is_an_error_with_its_path(content: str) -> None:
    path = made().directory / "lab.json"
    path.write_text(content, errors="surrogateescape")
    with pytest.raises(LabgenError) as broken:
        store.load("demo")
    assert broken.value.message.startswith(f"{path} cannot be read: ")
    assert broken.value.hint


def test_forgetting_a_lab_removes_its_directory_and_no_other() -> None:
    first, second = made(name="first"), made(name="second")
    keys.ensure(first)
    (first.directory / "link").symlink_to(second.directory)
    store.remove(first)
    assert store.names() == ["second"]
    assert not first.directory.exists()
    assert (second.directory / "lab.json").exists()


def test_holding_a_lab_that_goes_leaves_no_lock_behind(home: Path) -> None:
    with store.hold("demo", lambda _: None):
        store.remove(made())
    assert list((home / "state/labs").iterdir()) == []


def test_lock_of_the_suite_goes_with_the_lab(home: Path) -> None:
    demo = made()
    with store.hold_for_suite("demo", lambda _: None, doing="suite", read_only=True):
        pass
    with store.hold("demo", lambda _: None):
        store.remove(demo)
    assert list((home / "state/labs").iterdir()) == []


def test_holding_a_lab_that_never_was_leaves_no_lock_behind(home: Path) -> None:
    with pytest.raises(UsageError), store.hold("demo", lambda _: None):
        store.load("demo")
    assert list((home / "state/labs").iterdir()) == []


def test_a_name_that_leads_elsewhere_is_not_held(home: Path) -> None:
    with pytest.raises(UsageError, match="cannot name a lab"):
        store.hold("../../elsewhere", lambda _: None)
    assert not home.exists()


def test_a_lab_on_paper_makes_nothing(home: Path) -> None:
    lab()
    assert not home.exists()
