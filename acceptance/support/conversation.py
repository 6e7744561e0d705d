"""Who can talk to whom: the workload's pods asked to dial others, all at once.

A pod is asked through its own machine, over SSH, so that an answer depends on the way between
the two pods and on nothing else.
"""

import json
from dataclasses import dataclass
from functools import partial

from acceptance.support.machines import On
from acceptance.support.workload import PORT, Workload
from labgen.system.parallel import gather

# agnhost gives up dialling after 5 s; curl waits a second longer, to hear its reason
DIAL = """
self=$1; shift
for target; do
  {
    host=${target%%:*}; port=${target##*:}
    url="http://$self/dial?host=$host&port=$port&protocol=http&request=hostname"
    answer=$(curl -sS --max-time 6 "$url" 2>&1)
    printf '%s %s\\n' "$target" "$answer"
  } &
done
wait
"""


@dataclass(frozen=True)
class Answer:
    """The name of the pod that answered, or None and the reason."""

    pod: str | None
    reason: str


def dial(host: On, workload: Workload, targets: list[str]) -> dict[tuple[str, str], Answer]:
    """Have the pod on every node dial every target (HOST:PORT); keys are (node, target)."""

    def ask(node: str) -> dict[tuple[str, str], Answer]:
        asked = f"{workload.pods[node].address}:{PORT}"
        words = " ".join(["%s"] * (len(targets) + 3))
        text = host(node).check_output(f"sh -c {words}", DIAL, "dial", asked, *targets)
        pairs = (line.partition(" ") for line in text.splitlines())
        return {(node, target): _answer(answer) for target, _, answer in pairs}

    found = gather({node: partial(ask, node) for node in workload.pods})
    return {pair: answer for answers in found.values() for pair, answer in answers.items()}


def _answer(text: str) -> Answer:
    try:
        said = json.loads(text)
    except ValueError:
        return Answer(None, text)
    if said.get("errors") or not said.get("responses"):
        return Answer(None, ", ".join(said.get("errors", [])) or "an empty answer")
    return Answer(said["responses"][0], "")
