"""A recipe of three small parts, so that a build takes milliseconds and counts its work."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from labgen.bundle.engine.recipe import BuildContext, Part, Recipe


@dataclass
class Kitchen:
    """Makes recipes from the files in sources; built has the parts that were made, in order."""

    sources: Path
    built: list[str] = field(default_factory=list)
    fails: str = ""

    def recipe(self, **facts: object) -> Recipe:
        """Return a recipe: flour and water are independent, dough depends on flour, facts belong to
        water, raisins are optional."""
        flour = Part(
            name="flour",
            title="flour",
            outputs=("flour.txt",),
            make=self._maker("flour", "flour.txt"),
            sources=(self.sources,),
            source_root=self.sources,
            programs=("sh",),
        )
        water = Part(
            name="water",
            title="water",
            outputs=("jugs/water",),
            make=self._maker("water", "jugs/water/glass"),
            facts=facts,
        )
        dough = Part(
            name="dough",
            title="dough",
            outputs=("dough.txt",),
            make=self._maker("dough", "dough.txt"),
            depends_on=("flour",),
        )
        raisins = Part(
            name="raisins",
            title="raisins",
            outputs=("raisins.txt",),
            make=self._maker("raisins", "raisins.txt"),
            depends_on=("dough",),
            option="--box",
        )
        return Recipe("bread-1", {"bread": "1"}, (flour, water, dough, raisins))

    def _maker(self, name: str, output: str) -> Callable[[BuildContext], None]:
        def make(context: BuildContext) -> None:
            place = context.out / output
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(f"half of {name}")
            if self.fails == name:
                context.log.run(["sh", "-c", "echo the oven is cold; exit 7"], timeout=10)
            place.write_text(f"{name} for {context.bundle.name}")
            self.built.append(name)

        return make
