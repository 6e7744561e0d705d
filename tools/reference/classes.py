"""docs/reference/class.md, from the schema of class.yaml."""

from labgen.classes.schema import ClassPart
from tools.reference.json_schema import leaves
from tools.reference.scenario import row

HEAD = """\
# Class files

<!-- generated: .venv/bin/python -m tools.reference -->

A class is one YAML file. [How to run one](../how-to/run-a-class.md). Unknown and duplicate keys are
errors, and all errors of a file are reported together, with line and column.

| field | type | default | meaning |
| --- | --- | --- | --- |
"""
TAIL = """
The lab of a seat is called CLASS-SEAT, which may have 40 characters at most. Each seat has its own
subnet, so the scenario must not name one.

```yaml
# yaml-language-server: $schema=schema.json
name: monday
scenario: single
seats: [anna, ben]
exercises: [scheduler-wrong-flag, coredns-loop]
```

## Where class files are found

`labgen class up WORD`: a word with a `/` in it or with `.yaml` at its end is a path. Any other word
is the name of a class that exists, which is completed; else a name: first `./classes/NAME.yaml`,
then the files that come with labgen. With `--seats`, the word is a scenario instead.

## What labgen keeps of a class

`~/.local/state/labgen/classes/CLASS/class.json` has the scenario, the seats and the exercises, and
`journal.jsonl` beside it what was done. Both are removed by `labgen class down`. What learners did
is in the journals of their labs. `classes/measured.jsonl` has what seats took on this host, for the
next forecast; it stays.

## Completion in editors

`labgen class schema` prints the JSON Schema.
"""


def page() -> str:
    """Return the whole page as Markdown."""
    return HEAD + "".join(f"{row(leaf)}\n" for leaf in leaves(ClassPart)) + TAIL
