"""Explanations of faults as lines for a terminal."""

import textwrap
from collections.abc import Sequence

from labgen.faults.fault import ANY, Expectation, Fault
from labgen.scenario.model import LoadBalancer
from labgen.timing import forecast

WIDTH = 96


def explain(fault: Fault, balancer: LoadBalancer, named: str) -> list[str]:
    """Return the explanation of a fault; times are computed for balancer, named is its name."""
    lines = [f"{fault.name}: {fault.summary}", "", *_wrapped(_done_to(fault)), "", "What it does"]
    lines += [*_wrapped(fault.does), "", f"What should happen, with the timings of {named}"]
    for expectation in fault.expected:
        lines += _wrapped(expectation.what, first="  - ", rest="    ")
        computed = times(expectation, balancer)
        when = f"{computed} = {expectation.when}" if computed else expectation.when
        lines += _wrapped(when, first="      ", rest="        ")
    if mentions_skew(fault):
        lines += _wrapped(f"{forecast.MEANING_OF_SKEW}.")
    return [*lines, "", "Why", *_wrapped(fault.why)]


def times(expectation: Expectation, balancer: LoadBalancer) -> str:
    """Return the computed time, such as "0.23 to 0.33 s" or "never"; empty if there is none."""
    if expectation.seconds is None:
        return ""
    found = expectation.seconds(balancer)
    if found == forecast.NEVER:
        return "never"
    least, most = (_rounded(seconds) for seconds in found)
    return f"{most} s" if least == most else f"{least} to {most} s"


def fitting(fault: Fault) -> str:
    """Return the eligible roles in words."""
    return "control planes and workers" if fault.eligible_roles == ANY else "control planes"


def mentions_skew(fault: Fault) -> bool:
    return any(forecast.SKEW in expectation.when for expectation in fault.expected)


def _done_to(fault: Fault) -> str:
    one_shot = "Ends by itself. " if fault.one_shot else ""
    return f"{one_shot}Default target: {fault.target}. For {fitting(fault)}."


def _rounded(seconds: float) -> str:
    return f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.2f}".rstrip("0").rstrip(".")


def _wrapped(text: str, first: str = "  ", rest: str = "  ") -> Sequence[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest)
