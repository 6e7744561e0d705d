"""Figures as text: one as a sentence, all as a table with a column per client."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from labgen.recordings import metrics
from labgen.recordings.recording import Figure
from labgen.report.formatting import number

COUNTED = frozenset({"requests", "answers"})  # units that a table's metric names


def value(figure: Figure) -> str:
    """Return the value with its unit: `0.46 s`, `8 requests`."""
    return f"{_number(figure.value, figure.unit)} {figure.unit}"


def judged(figure: Figure) -> str:
    """Return the value with the expected value and the limit: `0.46 s (expected 0.61, limit 3)`."""
    known = {"expected": figure.expected, "limit": figure.limit}
    bounds = ", ".join(f"{word} {bound:.3g}" for word, bound in known.items() if bound is not None)
    return value(figure) + (f" ({bounds})" if bounds else "")


def sentence(figure: Figure) -> str:
    """Return the figure with its name: `longest gap, watch: 0.46 s (limit 3)`."""
    return f"{figure.name}: {judged(figure)}"


def table(figures: Iterable[Figure]) -> Iterator[str]:
    """Return a table of clients' figures, and below it the figures of the whole cluster."""
    own, kinds, cluster = _sorted(figures)
    width = max((len(it) for it in [*own, *(figure.metric for figure in cluster)]), default=0)
    yield from _clients(own, kinds, width)
    for figure in cluster:
        yield f"{figure.metric:<{width}}  {judged(figure)}"


def rows(figures: Iterable[Figure]) -> tuple[list[str], list[list[str]], list[list[str]]]:
    """Return headings and rows of a table of clients' figures, and rows of the cluster's."""
    own, kinds, cluster = _sorted(figures)
    clients = [[metric, *(cell(row.get(kind)) for kind in kinds)] for metric, row in own.items()]
    return ["FIGURE", *kinds], clients, [[it.metric, judged(it)] for it in cluster]


def _sorted(
    figures: Iterable[Figure],
) -> tuple[dict[str, dict[str, Figure]], list[str], list[Figure]]:
    """Return the figures by metric and client, the kinds of client, and the cluster's figures."""
    own: dict[str, dict[str, Figure]] = {}
    cluster: list[Figure] = []
    for figure in figures:
        if figure.client:
            own.setdefault(figure.metric, {})[figure.client] = figure
        else:
            cluster.append(figure)
    kinds = sorted({kind for row in own.values() for kind in row}, key=metrics.rank)
    return own, kinds, cluster


def _clients(
    own: Mapping[str, Mapping[str, Figure]], kinds: Sequence[str], width: int
) -> Iterator[str]:
    if not own:
        return
    rows = [("", list(kinds))]
    rows += [(metric, [cell(row.get(kind)) for kind in kinds]) for metric, row in own.items()]
    widths = [max(len(cells[column]) for _, cells in rows) for column in range(len(kinds))]
    for metric, cells in rows:
        shown = (f"{text:>{size}}" for text, size in zip(cells, widths, strict=True))
        yield "  ".join([f"{metric:<{width}}", *shown])


def cell(figure: Figure | None) -> str:
    """Return the figure for a table whose row names the metric; a dash if there is none."""
    if figure is None:
        return "-"
    text = _number(figure.value, figure.unit)
    shown = text if figure.unit in COUNTED else f"{text} {figure.unit}"
    return shown if figure.within_limit else f"{shown} > {figure.limit:.3g}"


def _number(amount: float, unit: str) -> str:
    """Return seconds with two digits, so that they can be compared within a column."""
    return f"{amount:.2f}" if unit == "s" else number(amount)
