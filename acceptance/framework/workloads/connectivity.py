"""Which pods can connect to which: the workload's pods dial others, all concurrently.

A pod is controlled through its own machine, over SSH, so that an answer depends only on the path
between the two pods.
"""

import json
import time
from dataclasses import dataclass
from functools import partial

from acceptance.framework.clients.machines import On
from acceptance.framework.workloads.workload import PORT, Workload
from labgen.system import interrupt
from labgen.system.parallel import gather

# agnhost gives up dialling after 5 s; curl waits a second longer, to get the reason
DIAL = """
self=$1; shift
for target; do
  {
    host=${target%%:*}; port=${target##*:}
    url="http://$self/dial?host=$host&port=$port&protocol=http&request=hostname"
    answer=$(curl -sS --noproxy '*' --max-time 6 "$url" 2>&1)
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


Answers = dict[tuple[str, str], Answer]


def dial(host: On, workload: Workload, targets: list[str], *, patience: float = 0.0) -> Answers:
    """Have the pod on every node dial every target (HOST:PORT); keys are (node, target).

    Requests are repeated until all have succeeded, for at most patience seconds, because a new pod
    or Service is not known everywhere at the same time.
    """
    deadline = time.monotonic() + patience
    while True:
        found = _dial(host, workload, targets)
        if all(answer.pod for answer in found.values()) or time.monotonic() > deadline:
            return found
        interrupt.pause(0.5)


def _dial(host: On, workload: Workload, targets: list[str]) -> Answers:

    def ask(node: str) -> Answers:
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
