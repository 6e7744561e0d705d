"""Check the number, the sizes and the names of machines."""

from collections.abc import Iterator
from itertools import zip_longest

from labgen.scenario.diagnostics import Diagnostic, Field
from labgen.scenario.units import show_size
from labgen.scenario.validation_context import ValidationContext, count_field
from labgen.scenario.values import LABEL_LENGTH

# kubeadm's preflight checks NumCPU and Mem, for control planes only: ControlPlaneNumCPU and
# ControlPlaneMem in cmd/kubeadm/app/constants/constants.go; its "MB" are MiB (checks_linux.go).
CONTROL_PLANE_CPUS = 2
CONTROL_PLANE_MEMORY = 1700


def control_planes_form_a_majority(context: ValidationContext) -> Iterator[Diagnostic]:
    if ("machines",) in context.bad or not context.trusts(*context.role_fields):
        return
    groups = context.control_planes
    counts: list[Field] = [count_field(field, group) for field, group in groups]
    if not groups:
        text = "no machine is a control plane; give one group role: control-plane"
        yield Diagnostic(("machines",), text, also=context.role_fields)
        return
    count = sum(group.number for _, group in groups)
    if count % 2 == 0 and context.trusts(*counts):
        failures = "no failure" if count == 2 else f"no more failures than {count - 1}"
        text = f"{count} control planes tolerate {failures} (etcd needs a majority); use 1, 3 or 5"
        yield Diagnostic(counts[-1], text, also=(*counts, *context.role_fields))


def control_planes_suit_kubeadm(context: ValidationContext) -> Iterator[Diagnostic]:
    for field, group in context.control_planes:
        role: Field = (*field, "role")
        memory: Field = (*field, "memory")
        cpus: Field = (*field, "cpus")
        if not context.trusts(role):
            continue
        if group.memory < CONTROL_PLANE_MEMORY and context.trusts(memory):
            text = (
                f"{show_size(group.memory)} is under kubeadm's minimum for a control plane; "
                f"use {show_size(CONTROL_PLANE_MEMORY)} or more"
            )
            yield Diagnostic(memory, text, also=(role,))
        if group.cpus < CONTROL_PLANE_CPUS and context.trusts(cpus):
            text = (
                f"{group.cpus} is under kubeadm's minimum for a control plane; "
                f"use {CONTROL_PLANE_CPUS} or more"
            )
            yield Diagnostic(cpus, text, also=(role,))


def names_are_labels(context: ValidationContext) -> Iterator[Diagnostic]:
    for field, group in context.groups:
        prefix: Field = (*field, "prefix")
        count = count_field(field, group)
        pairs = zip_longest(group.names, group.hosts)
        numbered = [name for name, host in pairs if host is None or not host.name]
        longest = max(numbered, key=len, default="")
        digits = len(longest) - len(group.name_prefix)
        if len(longest) > LABEL_LENGTH and context.trusts(prefix, count):
            text = (
                f"its names have up to {len(longest)} characters, but a DNS label has at most "
                f"{LABEL_LENGTH}; use a prefix of {LABEL_LENGTH - digits} or fewer"
            )
            yield Diagnostic(prefix, text, also=(count,))


def names_are_unique(context: ValidationContext) -> Iterator[Diagnostic]:
    """Find equal prefixes, and equal names of machines, such as node11 from the prefixes node and
    node1."""
    prefixes: dict[str, Field] = {}
    names: set[str] = set()
    for field, group in context.groups:
        prefix: Field = (*field, "prefix")
        if not context.trusts(prefix, count_field(field, group), (*field, "role")):
            continue
        mine = group.names
        taken = next((name for name in mine if name in names), None)
        first = field if group.hosts else prefixes.setdefault(group.name_prefix, field)
        if first != field:
            text = (
                f"machines[{first[1]}] has the prefix {group.name_prefix} already; "
                "use another, or one group with a higher count"
            )
            yield Diagnostic(prefix, text, also=((*first, "prefix"),))
        elif taken:
            text = f"a second machine would be called {taken}; use another prefix"
            yield Diagnostic(prefix, text, also=context.count_fields)
        names.update(mine)
