"""docs/reference/scenario.md, from the schema of scenario files and the timing profiles."""

from labgen.scenario.parse import written_timings
from labgen.scenario.profiles import PROFILES
from labgen.scenario.schema import ScenarioPart
from tools.reference.json_schema import Leaf, leaves, shown

TIMINGS = "loadBalancer.timings."
HEAD = """\
# Scenario files

<!-- generated: .venv/bin/python -m tools.reference -->

A scenario is one YAML file. Only `name` and `machines` with one group of control planes are
required. `labgen scenario show NAME` prints a scenario with every default filled in,
`labgen scenario validate FILE` prints all its errors.

Durations are a number and `ms`, `s` or `m`: `250ms`, `1.5s`. Sizes are a number and `MiB`, `GiB` or
`TiB`: `2GiB`. Unknown and duplicate keys are errors.

## Completion in editors

`labgen scenario schema` prints the JSON Schema of scenario files. Editors that use
yaml-language-server (VS Code with the YAML extension, Neovim, Helix, Emacs and others) complete
fields, show their descriptions and mark errors when the first line of a file names the schema:

```sh
labgen scenario schema > scenarios/schema.json
```

```yaml
# yaml-language-server: $schema=schema.json
name: my-lab
```

The path is relative to the scenario. The scenarios that come with labgen have this line.
"""

TAIL = """\
How these values make up the time of a failover: [../explanation/ha.md](../explanation/ha.md).

## Overrides

`-s KEY=VALUE` replaces single values: with `up`, `plan`, `render`, `scenario show` and `scenario
validate`. The value is YAML. Overrides go through the same checks as the file.

```sh
labgen scenario show ha-3x3 -s kubernetes.cni.backend=host-gw -s 'machines[1].count=5'
```

## Where scenarios are found

A word with a `/` in it or with `.yaml` at its end is a path. Any other word is a name: first
`./scenarios/NAME.yaml`, then the scenarios that come with labgen.
"""


def page() -> str:
    """Return the whole page as Markdown."""
    found = list(leaves(ScenarioPart))
    timings = [leaf for leaf in found if leaf.path.startswith(TIMINGS)]
    lines = [HEAD, "## Fields", "", "| field | type | default | meaning |"]
    lines += ["| --- | --- | --- | --- |"]
    lines += [row(leaf) for leaf in found if leaf not in timings]
    profiles = " | ".join(f"`{name}`" for name in PROFILES)
    lines += ["", "## loadBalancer.timings", "", f"| field | type | {profiles} | meaning |"]
    lines += ["| --- " * (len(PROFILES) + 3) + "|", *map(_timing_row, timings), "", TAIL]
    return "\n".join(lines)


def row(leaf: Leaf) -> str:
    """Return the table's row of one field."""
    return f"| `{leaf.path}` | {leaf.type} | {leaf.default} | {leaf.meaning} |"


def _timing_row(leaf: Leaf) -> str:
    name = leaf.path.removeprefix(TIMINGS)
    by_profile = " | ".join(shown(written_timings(profile)[name]) for profile in PROFILES.values())
    return f"| `{name}` | {leaf.type} | {by_profile} | {leaf.meaning} |"
