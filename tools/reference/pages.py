"""Which files are generated, and from what."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from labgen.classes.schema import ClassPart
from labgen.exercises.schema import ExercisePart
from labgen.scenario.json_schema import as_text
from labgen.scenario.schema import ScenarioPart
from tools.reference import (
    classes,
    commands,
    exercise,
    exercises,
    faults,
    inventory,
    mutations,
    scenario,
)

ROOT = Path(__file__).parents[2]
PAGES: Mapping[str, Callable[[], str]] = {
    "docs/reference/class.md": classes.page,
    "docs/reference/commands.md": commands.page,
    "docs/reference/exercise.md": exercise.page,
    "docs/reference/exercises.md": exercises.page,
    "docs/reference/faults.md": faults.page,
    "docs/reference/inventory.md": inventory.page,
    "docs/reference/scenario.md": scenario.page,
    "docs/reference/mutations.md": mutations.page,
    "classes/schema.json": partial(as_text, ClassPart),
    "exercises/schema.json": partial(as_text, ExercisePart),
    "scenarios/schema.json": partial(as_text, ScenarioPart),
}
