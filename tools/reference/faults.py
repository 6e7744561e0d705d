"""Write docs/reference/faults.md from the catalog of faults and the timing profiles."""

from labgen.faults import FAULTS, Fault
from labgen.faults.explain import fitting, mentions_skew, times
from labgen.faults.fault import Expectation
from labgen.scenario.model import LoadBalancer
from labgen.scenario.profiles import FAST, STANDARD
from labgen.timing import forecast

HEAD = """\
# Faults

<!-- generated: .venv/bin/python -m tools.reference -->

The faults of `labgen fault inject NAME FAULT`. See [how to break a lab](../how-to/break-a-lab.md)
and [how high availability works](../explanation/ha.md). `labgen fault explain FAULT --lab NAME`
computes the times below with the timings of your lab.
"""
ROLES = """\
## Targets

A machine's name, one of these roles, or several of them separated by commas.

| role | machine |
| --- | --- |
| `holder` | the control plane that has the VIP; refused while two have it |
| `not-holder` | the first control plane without the VIP |
| `etcd-leader` | the control plane whose etcd member leads |
| `random` | an eligible machine at random; `--seed NUMBER` repeats the choice |
| `all` | every machine |
"""


def page() -> str:
    """Return the page as Markdown."""
    rows = [
        f"| [`{it.name}`](#{it.name}) | {it.summary} | `{it.target}` |" for it in FAULTS.values()
    ]
    head = [HEAD, "| fault | summary | default target |", "| --- | --- | --- |", *rows, "", ROLES]
    return "\n".join([*head, *(_section(fault) for fault in FAULTS.values())])


def _section(fault: Fault) -> str:
    one_shot = ", ends by itself" if fault.one_shot else ""
    duration = f", heals itself after {fault.duration:g} s" if fault.duration else ""
    lines = [f"## {fault.name}", "", f"For {fitting(fault)}{one_shot}{duration}. {fault.does}", ""]
    lines += ["| expected effect | when | `fast` | `standard` |", "| --- | --- | --- | --- |"]
    lines += [_row(expectation) for expectation in fault.expected]
    if mentions_skew(fault):
        lines += ["", f"{forecast.MEANING_OF_SKEW}."]
    return "\n".join([*lines, "", fault.why, ""])


def _row(expectation: Expectation) -> str:
    profiles = (LoadBalancer("fast", FAST), LoadBalancer("standard", STANDARD))
    computed = [times(expectation, profile) for profile in profiles]
    return f"| {expectation.what} | {expectation.when} | {' | '.join(computed)} |"
