"""Figures as text: one as a sentence, all as a table with a column per client."""

from collections.abc import Iterable, Iterator

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
    headings, clients, cluster = rows(figures)
    width = max((len(metric) for metric, *_ in [*clients, *cluster]), default=0)
    listed = [["", *headings[1:]], *clients] if clients else []
    widths = [max(map(len, column)) for column in zip(*listed, strict=True)][1:]
    for metric, *cells in listed:
        shown = (f"{text:>{size}}" for text, size in zip(cells, widths, strict=True))
        yield "  ".join([f"{metric:<{width}}", *shown])
    for metric, shown_value in cluster:
        yield f"{metric:<{width}}  {shown_value}"


def rows(figures: Iterable[Figure]) -> tuple[list[str], list[list[str]], list[list[str]]]:
    """Return headings and rows of a table of clients' figures, and rows of the cluster's."""
    own: dict[str, dict[str, Figure]] = {}
    cluster: list[list[str]] = []
    for figure in figures:
        if figure.client:
            own.setdefault(figure.metric, {})[figure.client] = figure
        else:
            cluster.append([figure.metric, judged(figure)])
    kinds = sorted({kind for row in own.values() for kind in row}, key=metrics.rank)
    clients = [[metric, *(cell(row.get(kind)) for kind in kinds)] for metric, row in own.items()]
    return ["FIGURE", *kinds], clients, cluster


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
