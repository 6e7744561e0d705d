"""A build makes what is missing and keeps what is ready."""

from pathlib import Path
from threading import Thread

import pytest

from labgen.bundle.commands import build_recipe, report, verify
from labgen.bundle.engine import lockfile
from labgen.bundle.engine.progress import Quiet
from labgen.bundle.engine.state import State
from labgen.bundle.store import directory_of
from labgen.errors import LabgenError
from labgen.system.locks import locked
from tests.unit.bundle.fakes import Kitchen


class Told(Quiet):
    """Records the printed lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, text: str) -> None:
        self.lines.append(text)


def place(kitchen: Kitchen) -> Path:
    return directory_of(kitchen.recipe())


def test_a_first_build_makes_every_part_in_order(kitchen: Kitchen) -> None:
    assert build_recipe(kitchen.recipe(), Quiet()) == ["flour", "water", "dough"]
    assert (place(kitchen) / "jugs/water/glass").read_text() == "water for bread-1"


def test_a_second_build_makes_nothing(kitchen: Kitchen) -> None:
    build_recipe(kitchen.recipe(), Quiet())
    assert build_recipe(kitchen.recipe(), Quiet()) == []


def test_an_optional_part_is_made_when_it_is_asked_for_and_kept_afterwards(
    kitchen: Kitchen,
) -> None:
    build_recipe(kitchen.recipe(), Quiet())
    assert verify(kitchen.recipe()) == 3
    assert build_recipe(kitchen.recipe(), Quiet(), options=["--box"]) == ["raisins"]
    assert verify(kitchen.recipe()) == 4
    (kitchen.sources / "grain").write_text("spelt")
    assert build_recipe(kitchen.recipe(), Quiet()) == ["flour", "dough"]
    assert (place(kitchen) / "raisins.txt").exists()


def test_a_damaged_optional_part_is_named_with_what_builds_it(kitchen: Kitchen) -> None:
    build_recipe(kitchen.recipe(), Quiet(), options=["--box"])
    (place(kitchen) / "raisins.txt").write_text("currants")
    with pytest.raises(LabgenError, match="raisins: damaged") as bad:
        verify(kitchen.recipe())
    assert bad.value.hint is not None
    assert bad.value.hint.endswith("labgen bundle build --box")


def test_a_damaged_part_of_the_same_size_is_built_again_and_the_rest_kept(
    kitchen: Kitchen,
) -> None:
    build_recipe(kitchen.recipe(), Quiet())
    (place(kitchen) / "jugs/water/glass").write_text("vodka for bread-1")
    assert build_recipe(kitchen.recipe(), Quiet()) == ["water"]
    verify(kitchen.recipe())


def test_a_removed_output_is_built_again(kitchen: Kitchen) -> None:
    build_recipe(kitchen.recipe(), Quiet())
    (place(kitchen) / "dough.txt").unlink()
    assert build_recipe(kitchen.recipe(), Quiet()) == ["dough"]


def test_changed_sources_rebuild_the_part_and_what_stands_on_it(kitchen: Kitchen) -> None:
    build_recipe(kitchen.recipe(), Quiet())
    (kitchen.sources / "grain").write_text("spelt")
    assert build_recipe(kitchen.recipe(), Quiet()) == ["flour", "dough"]


def test_a_changed_fact_rebuilds_only_its_part(kitchen: Kitchen) -> None:
    build_recipe(kitchen.recipe(), Quiet())
    assert build_recipe(kitchen.recipe(salt=True), Quiet()) == ["water"]


def test_a_build_that_failed_goes_on_with_the_part_that_failed(kitchen: Kitchen) -> None:
    kitchen.fails = "water"
    with pytest.raises(LabgenError):
        build_recipe(kitchen.recipe(), Quiet())
    assert not (place(kitchen) / "jugs").exists()
    kitchen.fails = ""
    assert build_recipe(kitchen.recipe(), Quiet()) == ["water", "dough"]


def test_a_failure_shows_the_tail_the_log_and_what_to_type(kitchen: Kitchen) -> None:
    kitchen.fails = "flour"
    with pytest.raises(LabgenError) as failure:
        build_recipe(kitchen.recipe(), Quiet())
    text = str(failure.value)
    log = place(kitchen) / "logs" / "flour.log"
    assert "flour could not be built: command failed with exit code 7" in text
    assert "last seen: the oven is cold" in text
    assert f"log: {log}" in text
    assert "labgen bundle build" in text
    assert "the oven is cold" in log.read_text()


def test_a_build_killed_between_renaming_and_locking_is_built_again(kitchen: Kitchen) -> None:
    build_recipe(kitchen.recipe(), Quiet())
    lock = lockfile.read(place(kitchen))
    lockfile.write(place(kitchen), lock.without_part("water"))
    assert build_recipe(kitchen.recipe(), Quiet()) == ["water"]


def test_an_unreadable_lock_file_locks_nothing(kitchen: Kitchen) -> None:
    build_recipe(kitchen.recipe(), Quiet())
    (place(kitchen) / lockfile.NAME).write_text('{"parts": 3}')
    assert build_recipe(kitchen.recipe(), Quiet()) == ["flour", "water", "dough"]


def test_nothing_half_made_stays_behind(kitchen: Kitchen) -> None:
    build_recipe(kitchen.recipe(), Quiet())
    assert not (place(kitchen) / ".building").exists()


def test_a_second_build_at_the_same_time_waits_and_says_so(kitchen: Kitchen) -> None:
    told = Told()
    recipe = kitchen.recipe()
    with locked(place(kitchen).with_name("bread-1.lock"), timeout=1):
        waiter = Thread(target=build_recipe, args=(recipe, told))
        waiter.start()
        waiter.join(timeout=0.5)
        assert waiter.is_alive()
        assert kitchen.built == []
    waiter.join(timeout=10)
    assert kitchen.built == ["flour", "water", "dough"]
    assert told.lines[0].startswith("waiting for another build of bundle bread-1: process ")


def test_verify_names_each_bad_part_and_what_to_type(kitchen: Kitchen) -> None:
    build_recipe(kitchen.recipe(), Quiet())
    (place(kitchen) / "flour.txt").write_text("flour for bread-2")
    (place(kitchen) / "jugs/water/glass").unlink()
    with pytest.raises(LabgenError) as failure:
        verify(kitchen.recipe())
    text = str(failure.value)
    assert "2 of 4 parts of bundle bread-1 are missing, outdated or damaged" in text
    assert "flour: damaged (flour.txt)" in text
    assert "water: damaged (jugs/water)" in text
    assert "labgen bundle build" in text


def test_a_report_says_the_state_of_each_part(kitchen: Kitchen) -> None:
    build_recipe(kitchen.recipe(), Quiet())
    (place(kitchen) / "dough.txt").write_text("crumbs")
    states = {part.name: part.state for part in report(kitchen.recipe(salt=True)).parts}
    assert states == {
        "flour": State.READY,
        "water": State.OUTDATED,
        "dough": State.DAMAGED,
        "raisins": State.MISSING,
    }
