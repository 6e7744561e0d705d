"""Load a scenario: read, override, parse, check. All errors are reported together."""

from collections.abc import Sequence
from pathlib import Path

from labgen.errors import UsageError
from labgen.scenario.diagnostics import (
    Diagnostic,
    Mark,
    ScenarioInvalid,
    covers,
    dotted,
    not_a_mapping,
)
from labgen.scenario.document import Document, NotYaml, read
from labgen.scenario.host_environment import HostEnvironment, Route
from labgen.scenario.model import Scenario
from labgen.scenario.overrides import BadOverride, Override, apply, parse
from labgen.scenario.parse import parse as parse_shape
from labgen.scenario.resolve import resolve
from labgen.scenario.validate import check
from labgen.scenario.validation_context import ValidationContext

__all__ = ["HostEnvironment", "Route", "ScenarioInvalid", "load"]


def load(
    path: Path, *, overrides: Sequence[str] = (), host_environment: HostEnvironment
) -> Scenario:
    """Load the scenario at path with overrides (KEY=VALUE) in their order.

    Raises ScenarioInvalid with all errors, and UsageError if the file cannot be read.
    """
    document = read_document(path, hint="labgen scenario list shows what is there")
    data, diagnostics = document.data, list(document.diagnostics)
    applied: list[Override] = []
    for text in overrides:
        try:
            override = parse(text)
            data = apply(data, override)
        except BadOverride as error:
            diagnostics.append(error.diagnostic)
        else:
            applied.append(override)
    if not isinstance(data, dict):
        diagnostics.append(not_a_mapping(data, "write at least name and machines"))
        raise ScenarioInvalid(_lines(diagnostics, path, document, overrides, applied))
    part, of_shape = parse_shape(data)
    bad = tuple(it.field for it in (*diagnostics, *of_shape) if it.field)
    context = ValidationContext(part, data, bad, host_environment)
    diagnostics += [*of_shape, *check(context)]
    if diagnostics:
        raise ScenarioInvalid(_lines(diagnostics, path, document, overrides, applied))
    return resolve(part, source=path.absolute(), overrides=tuple(overrides))


def read_document(path: Path, *, hint: str) -> Document:
    """Read the YAML file at path.

    Raises ScenarioInvalid if it is not YAML, and UsageError with hint if it cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", hint=hint) from error
    try:
        return read(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        mark = Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))
        text = "a byte that is not UTF-8 stands here; save the file as UTF-8"
        raise ScenarioInvalid((f"{path}:{mark.line}:{mark.column}: {text}",)) from None
    except NotYaml as error:
        raise ScenarioInvalid((f"{path}:{error.mark.line}:{error.mark.column}: {error}",)) from None


def in_file(diagnostics: Sequence[Diagnostic], path: Path, document: Document) -> tuple[str, ...]:
    """Return a line for each error of a file, ordered by position."""
    return _lines(diagnostics, path, document, (), ())


def _lines(
    diagnostics: Sequence[Diagnostic],
    path: Path,
    document: Document,
    overrides: Sequence[str],
    applied: Sequence[Override],
) -> tuple[str, ...]:
    """Return a line for each error: those about defaults, those in the file by position, then those
    in overrides."""
    written: list[tuple[Mark, str]] = []
    in_overrides: list[tuple[int, str]] = []
    for diagnostic in diagnostics:
        text, field = diagnostic.text, diagnostic.field
        text = f"{dotted(field)}: {text}" if field else text
        blamed = diagnostic.override or (None if diagnostic.mark else _blamed(diagnostic, applied))
        if blamed:
            in_overrides.append((overrides.index(blamed), f"-s {blamed}: {text}"))
        elif diagnostic.unwritten:
            written.append((Mark(0, 0), f"{path}: {text}"))
        else:
            mark = diagnostic.mark or document.mark(field, at_key=diagnostic.at_key)
            written.append((mark, f"{path}:{mark.line}:{mark.column}: {text}"))
    written.sort(key=lambda pair: pair[0])
    in_overrides.sort(key=lambda pair: pair[0])
    return tuple(line for _, line in (*written, *in_overrides))


def _blamed(diagnostic: Diagnostic, applied: Sequence[Override]) -> str | None:
    """Return the last override of the field, else of a field that the error depends on."""
    for fields in ((diagnostic.field,), diagnostic.also):
        for override in reversed(applied):
            if any(covers(override.field, field) for field in fields):
                return override.text
    return None
