"""Compare two sets of results, and tell changes from noise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.results import Figure, Results

# Differences up to these are noise whatever the runs say: three runs can agree by chance.
LEAST = {"s": 0.1, "GiB": 0.02, "cores": 0.005, "MiB": 0.5, "requests": 0.0, "answers": 2.0}
ALONE = 0.1  # a single run has no spread: this part of its value is assumed in both directions


@dataclass(frozen=True)
class Row:
    """One figure before and after."""

    scenario: str
    figure: str
    before: Figure
    after: Figure

    @property
    def difference(self) -> float:
        """Return after minus before."""
        return self.after.median - self.before.median

    @property
    def ratio(self) -> float | None:
        """Return after divided by before; None where before is 0."""
        return self.after.median / self.before.median if self.before.median else None

    @property
    def changed(self) -> bool:
        """Return whether the difference is outside the noise: no run of one side lies within the
        runs of the other."""
        if abs(self.difference) <= LEAST[self.after.unit]:
            return False
        (least, most), (least_after, most_after) = _range(self.before), _range(self.after)
        return least_after > most or most_after < least

    @property
    def verdict(self) -> str:
        """Return better or worse; empty for a difference within the noise."""
        if not self.changed:
            return ""
        return "worse" if self.difference > 0 else "better"

    def worse_by(self, percent: float) -> bool:
        """Return whether it is worse by more than that, and outside the noise."""
        allowed = self.before.median * (1 + percent / 100)
        return self.changed and self.after.median > allowed


def rows(before: Results, after: Results) -> Iterator[Row]:
    """Yield a row for each figure that both have."""
    for scenario, figures in after.scenarios.items():
        earlier = before.scenarios.get(scenario, {})
        for name, figure in figures.items():
            if name in earlier and earlier[name].unit == figure.unit:
                yield Row(scenario, name, earlier[name], figure)


def differing_facts(
    before: Mapping[str, str | float], after: Mapping[str, str | float]
) -> Iterator[tuple[str, str, str]]:
    """Yield the names of facts of the host that differ, with both values as text."""
    for name in dict.fromkeys([*before, *after]):
        one, other = before.get(name, "unknown"), after.get(name, "unknown")
        if one != other:
            yield name, str(one), str(other)


def _range(figure: Figure) -> tuple[float, float]:
    if len(figure.values) == 1:
        return figure.median * (1 - ALONE), figure.median * (1 + ALONE)
    return min(figure.values), max(figure.values)
