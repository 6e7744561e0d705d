"""Compare two sets of recordings: the values of each figure, and their difference.

Recordings of the same fault on the same target are repetitions: the medians of their figures are
compared.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from labgen.recordings.loader import Named
from labgen.recordings.recording import Figure, Recording

Key = tuple[str, str]  # fault, target


@dataclass(frozen=True)
class Value:
    """One figure over several runs of one side."""

    median: float
    least: float
    most: float
    runs: int
    limit: float | None
    exceeded: int  # in how many runs it exceeded its limit


@dataclass(frozen=True)
class Row:
    """One figure on both sides; None where a side does not have it."""

    metric: str
    client: str  # the kind of client, empty for a figure of the whole cluster
    unit: str
    a: Value | None
    b: Value | None

    @property
    def name(self) -> str:
        """Return the metric with its client, for one line of text."""
        return f"{self.metric}, {self.client}" if self.client else self.metric

    @property
    def difference(self) -> float | None:
        """Return B minus A."""
        return None if self.a is None or self.b is None else self.b.median - self.a.median

    @property
    def ratio(self) -> float | None:
        """Return B divided by A; None where A is 0."""
        if self.a is None or self.b is None or self.a.median == 0:
            return None
        return self.b.median / self.a.median


@dataclass(frozen=True)
class Fault:
    """One fault that both sides have. Its targets differ if the role was on another machine."""

    fault: str
    target_a: str
    target_b: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Comparison:
    """Faults of both sides, faults of one side only, and settings (name, A, B) that differ."""

    faults: tuple[Fault, ...]
    only_a: tuple[Key, ...]
    only_b: tuple[Key, ...]
    differs: tuple[tuple[str, str, str], ...]


def compare(a: Sequence[Named], b: Sequence[Named]) -> Comparison:
    """Compare both sides, fault by fault in the order of A."""
    left, right = _by_fault(a), _by_fault(b)
    pairs = _pairs(list(left), list(right))
    paired_b = set(pairs.values())
    return Comparison(
        faults=tuple(
            Fault(key_a[0], key_a[1], key_b[1], _rows(left[key_a], right[key_b]))
            for key_a, key_b in pairs.items()
        ),
        only_a=tuple(key for key in left if key not in pairs),
        only_b=tuple(key for key in right if key not in paired_b),
        differs=tuple(_differs(facts(a), facts(b))),
    )


def facts(recordings: Iterable[Named]) -> dict[str, str]:
    """Return the settings that the figures depend on; several values are joined with commas."""
    found: dict[str, list[str]] = {}
    for named in recordings:
        one = named.recording
        own = {"scenario": one.scenario, "profile": one.profile, **one.environment}
        for name, value in own.items():
            values = found.setdefault(name, [])
            if value not in values:
                values.append(value)
    return {name: ", ".join(values) for name, values in found.items()}


def _differs(a: dict[str, str], b: dict[str, str]) -> Iterable[tuple[str, str, str]]:
    for name in {**a, **b}:
        if a.get(name) != b.get(name):
            yield name, a.get(name, "not known"), b.get(name, "not known")


def _by_fault(recordings: Iterable[Named]) -> dict[Key, list[Recording]]:
    found: dict[Key, list[Recording]] = {}
    for named in recordings:
        key = named.recording.fault, named.recording.target
        found.setdefault(key, []).append(named.recording)
    return found


def _pairs(a: Sequence[Key], b: Sequence[Key]) -> dict[Key, Key]:
    """Pair recordings of the same fault on the same target, otherwise the only remaining ones of a
    fault."""
    pairs = {key: key for key in a if key in b}
    rest_a = [key for key in a if key not in pairs]
    rest_b = [key for key in b if key not in pairs]
    for key in rest_a:
        same_a = [it for it in rest_a if it[0] == key[0]]
        same_b = [it for it in rest_b if it[0] == key[0]]
        if len(same_a) == len(same_b) == 1:
            pairs[key] = same_b[0]
    return {key: pairs[key] for key in a if key in pairs}


def _rows(a: Sequence[Recording], b: Sequence[Recording]) -> tuple[Row, ...]:
    left, right = _figures(a), _figures(b)
    return tuple(
        Row(metric, client, unit, _value(left.get(key)), _value(right.get(key)))
        for key in {**left, **right}
        for metric, client, unit in [key]
    )


def _figures(recordings: Iterable[Recording]) -> dict[tuple[str, str, str], list[Figure]]:
    found: dict[tuple[str, str, str], list[Figure]] = {}
    for recording in recordings:
        for figure in recording.figures:
            key = figure.metric, figure.client, figure.unit
            found.setdefault(key, []).append(figure)
    return found


def _value(figures: Sequence[Figure] | None) -> Value | None:
    if not figures:
        return None
    return Value(
        median=median(figure.value for figure in figures),
        least=min(figure.value for figure in figures),
        most=max(figure.value for figure in figures),
        runs=len(figures),
        limit=figures[0].limit,
        exceeded=sum(not figure.within_limit for figure in figures),
    )
