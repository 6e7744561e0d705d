"""A YAML text as plain data that keeps the position of each value. Independent of scenarios."""

from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from labgen.scenario.diagnostics import Diagnostic, Field, Mark

# What YAML 1.2's core schema knows; all else (dates, for one) stays the text that was written.
CORE = tuple(f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float"))

MERGE = "tag:yaml.org,2002:merge"
# How ruamel.yaml's messages say that the text ended too early.
STREAM_ENDS = ("end of stream", "<stream end>")


class NotYaml(ValueError):
    """The text is not YAML; mark is where reading stopped."""

    def __init__(self, text: str, mark: Mark) -> None:
        super().__init__(text)
        self.mark = mark


@dataclass(frozen=True)
class Document:
    """A text that was parsed.

    data consists of dict, list, str, int, float, bool and None. diagnostics are errors that did not
    stop the parser.
    """

    root: Node | None
    data: object
    diagnostics: tuple[Diagnostic, ...]

    def mark(self, field: Field, *, at_key: bool = False) -> Mark:
        """Return the position of the field's value or key, or that of the nearest parent's key.

        YAML places an omitted value on the next line, so its key is nearer.
        """
        if self.root is None:
            return Mark(1, 1)
        node, key = self.root, self.root
        for step in field:
            child = _child(node, step)
            if child is None:
                return _mark(key)
            key, node = child
        nothing = isinstance(node, ScalarNode) and node.value == "" and node.style is None
        return _mark(key if at_key or nothing else node)


def read(text: str) -> Document:
    """Read one YAML document. Duplicate keys are errors; the first of them is used.

    Raises NotYaml.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False  # YAML 1.2 allows it, and a warning has no place here
    diagnostics: list[Diagnostic] = []
    try:
        root = yaml.compose(text)
        data = _plain(yaml, root, (), diagnostics, {}) if root is not None else None
    except MarkedYAMLError as error:
        mark = error.problem_mark
        if error.context_mark and any(end in str(error.problem) for end in STREAM_ENDS):
            mark = error.context_mark  # what was begun and never ended
        at = Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)
        raise NotYaml(_problem(error), at) from None
    except ReaderError as error:
        before = text[: error.position]
        at = Mark(before.count("\n") + 1, error.position - before.rfind("\n"))
        raise NotYaml("a control character stands here; remove it", at) from None
    except RecursionError:
        raise NotYaml("nested too deeply; four levels are enough", Mark(1, 1)) from None
    except (YAMLError, ValueError) as error:
        raise NotYaml(f"not YAML: {' '.join(str(error).split())}", Mark(1, 1)) from None
    return Document(root, data, tuple(diagnostics))


def _problem(error: MarkedYAMLError) -> str:
    if "another document" in str(error.problem):
        return "a second document begins here; one is all there can be, remove the ---"
    if "'\\t'" in str(error.problem):
        return "not YAML: a tab stands here; indent with spaces"
    context = f"{error.context}, " if error.context else ""
    return f"not YAML: {context}{error.problem}; check colons, quotes and indentation up to here"


def _plain(
    yaml: YAML, node: Node, field: Field, diagnostics: list[Diagnostic], done: dict[int, object]
) -> object:
    """Return the node's plain value. A node with several aliases is converted once."""
    if id(node) not in done:
        done[id(node)] = None  # an alias to its own parent reads as nothing
        done[id(node)] = _convert(yaml, node, field, diagnostics, done)
    return done[id(node)]


def _convert(
    yaml: YAML, node: Node, field: Field, diagnostics: list[Diagnostic], done: dict[int, object]
) -> object:
    if isinstance(node, SequenceNode):
        return [
            _plain(yaml, item, (*field, index), diagnostics, done)
            for index, item in enumerate(node.value)
        ]
    if not isinstance(node, MappingNode):
        return _scalar(yaml, node, field, diagnostics)
    data: dict[str, object] = {}
    first: dict[str, Mark] = {}
    for key, value in _pairs(node, field, diagnostics):
        if not isinstance(key, ScalarNode):
            text = "a list or mapping cannot be a key; write a word"
            diagnostics.append(Diagnostic(field, text, mark=_mark(key)))
            continue
        name = str(key.value)
        if name in first:
            text = f"written twice, first on line {first[name].line}; keep one of them"
            diagnostics.append(Diagnostic((*field, name), text, mark=_mark(key)))
            continue
        first[name] = _mark(key)
        data[name] = _plain(yaml, value, (*field, name), diagnostics, done)
    return data


def _scalar(yaml: YAML, node: Node, field: Field, diagnostics: list[Diagnostic]) -> object:
    tag = str(node.tag)
    if tag.startswith("!"):
        text = f"the tag {tag} means nothing here; remove it"
        diagnostics.append(Diagnostic(field, text, mark=_mark(node)))
    if tag not in CORE:
        return str(node.value)
    try:
        value: object = yaml.constructor.construct_object(node)
    except (ValueError, KeyError):
        return str(node.value)
    return value


def _child(node: Node, step: str | int) -> tuple[Node, Node] | None:
    """Return the key and the value at step. For an item of a list, both are the item."""
    if isinstance(node, SequenceNode) and isinstance(step, int):
        items: list[Node] = node.value
        return (items[step], items[step]) if step < len(items) else None
    if isinstance(node, MappingNode):
        for key, value in _pairs(node, (), []):
            if isinstance(key, ScalarNode) and key.value == step:
                return key, value
    return None


def _pairs(
    node: MappingNode, field: Field, diagnostics: list[Diagnostic], within: tuple[Node, ...] = ()
) -> list[tuple[Node, Node]]:
    """Return keys and values: the node's own, then those that merge keys (<<) add to them.

    The node keeps them in place of its merge keys: each is merged once, however often aliases of
    aliases lead to it.
    """
    own = [pair for pair in node.value if not _merges(pair[0])]
    names = {key.value for key, _ in own if isinstance(key, ScalarNode)}
    added: list[tuple[Node, Node]] = []
    for key, value in node.value:
        if not _merges(key):
            continue
        sources = value.value if isinstance(value, SequenceNode) else [value]
        for source in sources:
            if not isinstance(source, MappingNode) or source in (*within, node):
                text = "<< takes a mapping from elsewhere in the file; write an alias, as *name"
                diagnostics.append(Diagnostic(field, text, mark=_mark(key)))
                continue
            for pair in _pairs(source, field, diagnostics, (*within, node)):
                if isinstance(pair[0], ScalarNode) and pair[0].value not in names:
                    names.add(pair[0].value)
                    added.append(pair)
    node.value = pairs = [*own, *added]
    return pairs


def _merges(key: Node) -> bool:
    """Return whether the key is YAML's merge key."""
    return str(key.tag) == MERGE


def _mark(node: Node) -> Mark:
    return Mark(node.start_mark.line + 1, node.start_mark.column + 1)
