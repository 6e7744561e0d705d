"""A host that cannot build a bundle is reported with the remedy, before anything is created."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from labgen.bundle.commands import build_recipe
from labgen.bundle.engine import scratch
from labgen.bundle.engine.progress import Quiet
from labgen.bundle.engine.recipe import Recipe
from labgen.bundle.engine.requirements import of
from labgen.bundle.store import directory_of
from labgen.errors import HostUnfit
from tests.unit.bundle.fakes import Kitchen


def demanding(recipe: Recipe, **demands: object) -> Recipe:
    first, *rest = recipe.parts
    return replace(recipe, parts=(replace(first, **demands), *rest))  # type: ignore[arg-type]


def refusal(recipe: Recipe) -> HostUnfit:
    with pytest.raises(HostUnfit) as refused:
        build_recipe(recipe, Quiet())
    assert not directory_of(recipe).exists()
    return refused.value


def test_missing_programs_are_all_named_with_their_packages(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    refused = refusal(demanding(kitchen.recipe(), programs=("unshare", "runc")))
    assert refused.exit_code == 3
    assert "needs unshare, runc" in refused.message
    assert refused.hint == "apt-get install util-linux runc"


def test_a_full_disk_is_refused_with_both_numbers(kitchen: Kitchen) -> None:
    refused = refusal(demanding(kitchen.recipe(), disk=10**9))
    assert "needs 1000000000 MiB below" in refused.message
    assert "LABGEN_HOME" in (refused.hint or "")


def test_another_user_than_root_is_refused(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "sudo labgen bundle build" in (refusal(kitchen.recipe()).hint or "")


def test_a_host_that_cannot_build_may_use_a_ready_bundle(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_recipe(kitchen.recipe(), Quiet())
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert build_recipe(kitchen.recipe(), Quiet()) == []


def test_disk_counts_what_earlier_parts_keep_beside_each_part_at_work(kitchen: Kitchen) -> None:
    first, second, third, _ = kitchen.recipe().parts
    parts = [
        replace(first, disk=1000, kept=100),
        replace(second, disk=300, kept=300),
        replace(third, disk=700, kept=50),
    ]
    assert of(parts, directory_of(kitchen.recipe())).disk == 1100


def test_what_compilers_make_counts_as_memory_where_there_is_plenty_else_as_disk(
    kitchen: Kitchen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = demanding(kitchen.recipe(), disk=100, objects=10)
    place = directory_of(recipe)
    monkeypatch.setattr(scratch, "SHARED_MEMORY", tmp_path)
    monkeypatch.setattr(scratch, "LEFT_FREE", 0)
    roomy = of(recipe.parts, place)
    assert (roomy.disk, roomy.memory) == (100, 10)
    monkeypatch.setattr(scratch, "LEFT_FREE", 10**9)
    tight = of(recipe.parts, place)
    assert (tight.disk, tight.memory) == (110, 0)
    assert scratch.objects(place, 10).is_relative_to(place)
