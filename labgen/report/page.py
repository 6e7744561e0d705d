"""The report: one HTML file that contains everything, from a directory of recordings."""

from collections.abc import Sequence
from pathlib import Path

import labgen
from labgen.recordings import metrics
from labgen.recordings.compare import facts
from labgen.recordings.loader import Named, collect
from labgen.report import view_model
from labgen.report.rendering import environment


def write(directory: Path, path: Path | None = None) -> Path:
    """Write the report of the recordings in directory to path; by default to report.html in it.

    Raises UsageError when there are no recordings.
    """
    path = path or (directory if directory.is_dir() else directory.parent) / "report.html"
    text = html(collect(directory))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def html(recordings: Sequence[Named]) -> str:
    """Return the page as HTML."""
    common = _common(recordings)
    found = [
        view_model.section(named, number, common)
        for number, named in enumerate(recordings, start=1)
    ]
    seen = {kind for named in recordings for kind in named.recording.clients}
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            title=_title(recordings),
            facts=common,
            kinds={kind: text for kind, text in metrics.MEANINGS.items() if kind in seen},
            sections=found,
            limits=sum(section.limits for section in found),
            exceeded=sum(len(section.exceeded) for section in found),
            version=labgen.__version__,
        )
    )


def _title(recordings: Sequence[Named]) -> str:
    labs = sorted({named.recording.lab for named in recordings})
    shown = f"Lab {labs[0]}" if len(labs) == 1 else f"{len(labs)} labs"
    faults = "one fault" if len(recordings) == 1 else f"{len(recordings)} faults"
    return f"{shown} under {faults}"


def _common(recordings: Sequence[Named]) -> dict[str, str]:
    """Return the facts that all recordings share."""
    first, *others = [facts([named]) for named in recordings]
    return {
        name: value
        for name, value in first.items()
        if all(other.get(name) == value for other in others)
    }
