"""docs/reference/exercise.md, from the schema of exercise.yaml."""

from collections.abc import Iterable

from labgen.exercises.schema import ExercisePart
from labgen.exercises.targets import GROUPS, TARGETS
from tools.reference.json_schema import leaves
from tools.reference.scenario import row

HEAD = """\
# Exercise files

<!-- generated: .venv/bin/python -m tools.reference -->

An exercise is a directory. [How to write one](../how-to/write-an-exercise.md). The exercises that
come with labgen: [exercises.md](exercises.md).

| file | what |
| --- | --- |
| `exercise.yaml` | the title, the task, the objectives and the hints: see below |
| `break.sh` | breaks the lab, unless the exercise names a fault. It runs as root on machines |
| `solve.sh` | the reference repair, which `labgen exercise solve` shows. It runs as root, too |
| `check.py` | the exercise's own tests, with the fixtures of the acceptance suite; optional |
| `files/` | files that are sent along with a script; optional |

Unknown and duplicate keys are errors, and all errors of a file are reported together, with line and
column.

## exercise.yaml

| field | type | default | meaning |
| --- | --- | --- | --- |
"""
WORDS = {
    "holder": "the control plane that has the VIP",
    "not-holder": "the first control plane without the VIP",
    "etcd-leader": "the control plane whose etcd member leads",
    "control-plane": "the last control plane",
    "first-control-plane": "the first control plane",
    "worker": "the last worker",
    "target": "the machine that is broken",
    "other": "the first control plane that is not the target",
    "other-control-planes": "all control planes except the target",
    "control-planes": "all control planes",
    "workers": "all workers",
    "all": "all machines",
}
TAIL = """
## Variables of the scripts

`break.sh` and `solve.sh` run as `bash -euo pipefail`, in a directory that is removed afterwards.

| variable | value |
| --- | --- |
| `MACHINE`, `ADDRESS` | the name and the address of the machine where the script runs |
| `TARGET`, `TARGET_ADDRESS` | the machine that is broken |
| `STEP` | the number of the group in `breakOn` or `solveOn`, from 1 |
| `PREVIOUS` | a file with what the script printed in the step before, on its first machine |
| `VIP`, `API_PORT`, `ENDPOINT` | the VIP, the port of the API there, and both as `VIP:PORT` |
| `ROUTER_ID` | the virtual router id of keepalived |
| `SUBNET`, `GATEWAY` | the network of the machines, and the host's own address in it |
| `POD_SUBNET`, `SERVICE_SUBNET` | the networks of pods and Services |
| `KUBERNETES_VERSION` | for example `v1.37.2` |
| `CONTROL_PLANES`, `CONTROL_PLANE_ADDRESSES` | names and addresses, separated by blanks |
| `WORKERS`, `WORKER_ADDRESSES` | the same for workers |
| `KUBECONFIG`, `ETCDCTL_...` | on control planes: `kubectl`, `etcdctl` work without options |

## Where exercises are found

A word with a `/` in it is a path of a directory. Any other word is a name: first
`./exercises/NAME/`, then `~/.config/labgen/exercises/NAME/`, then those that come with
labgen.

## Completion in editors

`labgen exercise new` writes the JSON Schema next to the first exercise, and `labgen exercise
schema` prints it.
"""


def page() -> str:
    """Return the whole page as Markdown."""
    fields = "".join(f"{row(leaf)}\n" for leaf in leaves(ExercisePart))
    return HEAD + fields + _words("target", TARGETS) + _words("breakOn and solveOn", GROUPS) + TAIL


def _words(field: str, words: Iterable[str]) -> str:
    rows = "".join(f"| `{word}` | {WORDS[word]} |\n" for word in words)
    return f"\n## Machines: {field}\n\n| word | machines |\n| --- | --- |\n{rows}"
